"""The process model under load: a stack a module, which its tests may break; the fixtures' parts are those of the integration tests."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "IntegrationTests"))

from load import make_users  # noqa: E402
from log_scan import pytest_configure, pytest_sessionfinish, pytest_terminal_summary  # noqa: E402, F401
from processes import private_stack  # noqa: E402
from stack import make_user  # noqa: E402


@pytest.fixture(scope="module")
def own():
    with private_stack(UPA_WORKERS="2") as stack:
        yield stack


@pytest.fixture(scope="module")
def database(own):
    with own.database() as connection:
        yield connection


@pytest.fixture
def user(own, database):
    return make_user(own, database)


@pytest.fixture(scope="module")
def users(own, database):
    """Many, so that their rows are not what is waited for."""
    return make_users(own, database)


@pytest.fixture
def operator(own):
    return own.operator_client()
