"""Waiting for an event instead of for time to pass."""

import select
import time


def wait_for(condition, seconds=30, pause=0.02):
    """Polls until the condition is true and returns its value. The seconds are a safety net, far beyond what a slow machine needs."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        select.select([], [], [], pause)
    return value
