"""The scripts are tested with the stack of the integration tests."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "IntegrationTests"))

from stack import Stack  # noqa: E402


@pytest.fixture(scope="module")
def stack():
    running = Stack.new()
    try:
        running.up()
        yield running
    finally:
        running.remove()
