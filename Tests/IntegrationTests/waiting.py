"""Waiting for an event instead of for time to pass."""

import select
import time


def wait_for(condition, seconds=10):
    """Polls until the condition is true and returns its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        select.select([], [], [], 0.02)
    return value
