"""Fixtures: one stack a session, always stopped; fresh users and clients a test.

UPA_TEST_RUN_DIR=.run uses a stack that already runs there, for quick work on one test.
"""

import os
import pathlib

import pytest

from log_scan import pytest_configure, pytest_sessionfinish, pytest_terminal_summary  # noqa: F401
from processes import PATIENCE, reload
from stack import Stack, make_user


@pytest.fixture(scope="session")
def stack():
    existing = os.environ.get("UPA_TEST_RUN_DIR")
    if existing:
        yield Stack(pathlib.Path(existing).resolve()).attach()
        return
    running = Stack.new()
    try:
        running.up()
        reload(running, **PATIENCE)
        yield running
    finally:
        running.remove()


@pytest.fixture(scope="session")
def owner(stack):
    """The database as its owner."""
    with stack.database() as connection:
        yield connection


@pytest.fixture(scope="session")
def cache(stack):
    """Redis database 0: cached bodies, authorization records, refused tokens."""
    return stack.redis(0)


@pytest.fixture(scope="session")
def limits(stack):
    """Redis database 1: the rate limits."""
    return stack.redis(1)


@pytest.fixture
def api(stack):
    """HTTPS without a token; `.with_token()`, or a user's own `.client`."""
    return stack.client()


@pytest.fixture
def plain(stack):
    return stack.http_client()


@pytest.fixture
def operator(stack):
    return stack.operator_client()


@pytest.fixture
def new_user(stack, owner):
    """new_user(first_name="Ada", roles=["admin"], claims={"jti": "x"}) → User with .user_id, .token, .client."""
    return lambda **columns: make_user(stack, owner, **columns)


@pytest.fixture
def user(new_user):
    return new_user()


@pytest.fixture
def service_key(stack):
    """service_key("participation") → headers for a service endpoint."""
    return lambda name: {"X-Service-API-Key": stack.env[f"{name.upper()}_API_KEY"]}


@pytest.fixture
def call(stack, owner, new_user):
    """call(operation of openapi.yaml, **columns of the caller) → Call, a good request of it"""
    from openapi_call import Call
    return lambda operation, **columns: Call(operation, stack, owner, new_user, **columns)
