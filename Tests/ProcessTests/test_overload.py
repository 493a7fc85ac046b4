"""More than can be served: what nobody waits for any more is refused at once, the rest is answered rightly, and it passes."""

import pytest

from asserts import ME, samples, total
from load import load, verifications
from service import command, ready_workers, settings
from waiting import wait_for

SHED = "http_requests_shed_total"
CONNECTIONS = 256


@pytest.fixture
def slow(own):
    """One thread without a cache, and little patience: a fraction of the connections is more than it can serve."""
    with settings(own, UPA_WORKERS="1", UPA_THREADS="1", UPA_MAX_QUEUE_MS="50", CACHE_ENABLED="false"):
        assert command(own, "reload", "--wait").returncode == 0
        ready_workers(own, 1)
        yield own


def test_overload_is_shed_and_passes(slow, database, user, users, operator):
    counted, before = verifications(database, users), total(operator, SHED)
    with load(slow, users, connections=CONNECTIONS) as running:
        wait_for(lambda: total(operator, SHED) > before + 500, 60)
        tally = running.finish()
    # Every answer is right, or a 503 of the contract with Retry-After; nothing else.
    assert tally.wrong == [] and not any(tally.broken.values()), (tally.wrong, tally.broken)
    assert {name.split()[1] for name in tally.answers} == {"200", "503"}, tally.answers
    shed = sum(tally.of(kind)[503] for kind in "GPV")
    assert shed > 500 and sum(tally.of(kind)[200] for kind in "GPV") > 0
    wait_for(lambda: total(operator, "http_requests_in_flight") == 1)
    # wrk was ended with at most one question open a connection.
    assert shed <= total(operator, SHED) - before <= shed + CONNECTIONS
    # What was refused was not done.
    assert verifications(database, users) == counted + tally.of("V")[200]

    def passed():
        """Nothing is shed any more. So little patience as here is lost on a busy machine without any load, now and then."""
        before = samples(operator)[SHED]
        statuses = [user.client.get(ME).status for _ in range(20)] + [user.client.patch(ME, json={"first_name": "Ada"}).status]
        assert set(statuses) <= {200, 503}
        return set(statuses) == {200} and samples(operator)[SHED] == before

    wait_for(passed)


def test_health_and_metrics_are_never_shed(slow, users, operator, api):
    before = total(operator, SHED)
    with load(slow, users, pattern="G", connections=CONNECTIONS) as running:
        wait_for(lambda: total(operator, SHED) > before + 200, 60)
        for _ in range(5):
            assert api.get("/health/live").status == 200
            assert operator.get("/metrics").status == 200
        running.finish()


@pytest.fixture
def api(own):
    return own.client()
