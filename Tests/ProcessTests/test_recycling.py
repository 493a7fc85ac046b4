"""Workers that have served enough, or grown too large, make room for fresh ones: one at a time, and nobody notices."""

import pytest

from asserts import samples, total
from load import load, verifications
from processes import supervisor
from service import command, ready_workers, settings, status
from waiting import wait_for


def recycled(operator, reason):
    return samples(operator)[f'worker_restarts_total{{reason="{reason}"}}']


class Board:
    """What `status` showed, over time: never two that leave at once, never fewer that serve than configured."""

    def __init__(self, stack, count):
        self.stack, self.count, self.pids, self.leaving, self.serving = stack, count, set(), 0, count

    def look(self):
        rows, _ = status(self.stack)
        self.pids |= {row.pid for row in rows}
        self.leaving = max(self.leaving, sum(row.state == "draining" for row in rows))
        self.serving = min(self.serving, sum(row.state == "ready" for row in rows))
        return True


@pytest.mark.parametrize("reason, setting", [
    ("requests", {"UPA_RECYCLE_REQUESTS": "300"}),
    ("memory", {"UPA_RECYCLE_MEGABYTES": "1"}),
])
def test_workers_are_recycled_one_at_a_time_and_nothing_is_lost(own, database, users, operator, reason, setting):
    boss, counted = supervisor(own), verifications(database, users)
    crashes = recycled(operator, "crash")
    with settings(own, **setting), load(own, users) as running:
        assert command(own, "reload", "--wait").returncode == 0
        ready_workers(own)
        # From here on: the first may have been recycled while we waited.
        board, before = Board(own, 2), recycled(operator, reason)
        wait_for(lambda: board.look() and recycled(operator, reason) >= before + 4, 60)
        tally = running.finish()
    tally.assert_nothing_lost()
    assert verifications(database, users) == counted + tally.of("V")[200]
    assert board.leaving <= 1 and board.serving == 2
    assert len(board.pids) > 4
    assert supervisor(own) == boss
    assert recycled(operator, "crash") == crashes


def test_nobody_is_recycled_who_was_not_asked_to_be(own, users, operator):
    ready_workers(own, 2)
    before = {reason: recycled(operator, reason) for reason in ("requests", "memory")}
    pids = ready_workers(own, 2)
    served = total(operator, "http_requests_total")
    with load(own, users) as running:
        wait_for(lambda: total(operator, "http_requests_total") > served + 2000, 60)
        running.finish().assert_nothing_lost()
    assert ready_workers(own, 2) == pids
    assert {reason: recycled(operator, reason) for reason in before} == before
