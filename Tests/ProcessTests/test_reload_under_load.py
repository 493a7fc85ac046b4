"""Ten reloads in a row while everybody reads and writes: nobody notices."""

from asserts import samples
from load import load, verifications
from processes import supervisor, workers
from service import command, ready_workers


def test_ten_reloads_in_a_row_lose_nothing(own, database, users, operator):
    present, seen, counted = supervisor(own), set(workers(own)), verifications(database, users)
    restarts = 'worker_restarts_total{reason="reload"}'
    before = samples(operator)[restarts]
    with load(own, users) as running:
        for _ in range(10):
            done = command(own, "reload", "--wait")
            assert done.returncode == 0, done.stdout + done.stderr
            seen |= workers(own)
        tally = running.finish()
    tally.assert_nothing_lost()
    assert all(tally.of(kind)[200] > 100 for kind in "GPV"), tally.answers
    assert verifications(database, users) == counted + tally.of("V")[200]
    ready_workers(own, 2)
    assert supervisor(own) == present
    assert len(seen) == 2 * 11
    assert samples(operator)[restarts] == before + 2 * 10
