"""What the tests of several resources share: shapes, metrics, races, locks. Nothing here starts or ends a process."""

import contextlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor

from waiting import wait_for

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
INTERNALS = re.compile(r"sqlstate|\bselect\b.*\bfrom\b|plpgsql|postgres|redis|hiredis|libpq|\.swift|/tmp/|activity\.|\bblock", re.I)

ME = "/api/v1/users/me"
INTERESTS = f"{ME}/interests"
SETTINGS = {
    "email_notifications": True, "push_notifications": True, "activity_reminders": True, "community_updates": True,
    "friend_requests": True, "marketing_emails": False, "ghost_mode": False, "language": "en", "timezone": "UTC",
}
OWN_FIELDS = (
    "user_id email username first_name last_name profile_description main_photo_url main_photo_moderation_status "
    "profile_photos_extra date_of_birth gender subscription_level subscription_expires_at is_captain captain_since is_verified "
    "verification_count no_show_count activities_created_count activities_attended_count created_at last_seen_at interests "
    "settings").split()
PUBLIC_FIELDS = (
    "user_id username first_name last_name profile_description main_photo_url main_photo_moderation_status "
    "profile_photos_extra gender is_verified verification_count activities_created_count activities_attended_count created_at "
    "interests").split()

# One request of every endpoint that needs a bearer token: method, path, body. `{other}` is somebody else's id.
USER_REQUESTS = [
    ("GET", ME, None),
    ("GET", "/api/v1/users/{other}", None),
    ("PATCH", ME, {"first_name": "Ada"}),
    ("GET", INTERESTS, None),
    ("PUT", INTERESTS, {"interests": [{"tag": "chess"}]}),
    ("POST", INTERESTS, {"tag": "chess"}),
    ("DELETE", f"{INTERESTS}/chess", None),
]
REQUEST_IDS = [f"{method} {path}" for method, path, _ in USER_REQUESTS]


def lasting_headers(response):
    """All headers that two answers to the same question share."""
    return [(name, value) for name, value in response.headers.items() if name not in ("Date", "X-Trace-ID", "RateLimit")]


def profile_of(user):
    return f"/api/v1/users/{user}"


def assert_error(response, status, code, **details):
    """An error in the contract's shape, with at least these details, that tells nothing about the inside."""
    assert response.status == status, (response.status, response.body[:500])
    error = response.error
    assert error["code"] == code, error
    assert error["message"] and isinstance(error["message"], str)
    assert not INTERNALS.search(response.body.decode()), response.body
    for name, value in details.items():
        assert error["details"].get(name) == value, error
    assert response.header("Content-Type") == "application/json"
    assert response.headers.get_all("Cache-Control") == ["no-store"]
    assert response.headers.get_all("Content-Length") == [str(len(response.body))]
    assert response.header("X-Trace-ID")
    if status == 401:
        assert response.headers.get_all("WWW-Authenticate") == ['Bearer error="invalid_token"']
    return error


def assert_ok(response):
    """A successful JSON answer; returns the document."""
    assert response.status == 200, (response.status, response.body[:500])
    assert response.header("Content-Type") == "application/json"
    return response.json


def tags(document):
    return [entry["tag"] for entry in document["interests"]]


# --- metrics ---

def samples(operator):
    """{'name{labels}': value} of everything that /metrics says."""
    response = operator.get("/metrics")
    assert response.status == 200
    lines = [line for line in response.body.decode().splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def total(operator, metric, **labels):
    """The sum of the metric's samples that carry these labels."""
    wanted = [f'{name}="{value}"' for name, value in labels.items()]
    found = [value for name, value in samples(operator).items()
             if name.partition("{")[0] == metric and all(label in name for label in wanted)]
    assert found, f"/metrics has no {metric} with {labels}"
    return sum(found)


def wait_until_quiet(operator):
    """Until nothing is under way but the question itself: a request is counted, and its body stored, after it is answered."""
    wait_for(lambda: total(operator, "http_requests_in_flight") == 1)


def wait_until_carried_over(connection, *users):
    """Until the change feed has dropped what it still will: to it, the making of a user is a sibling's write."""
    ids = [str(user) for user in users]
    wait_for(lambda: connection.execute("select count(*) from activity.changes where user_id = any(%s::uuid[])", [ids]).fetchone() == (0,))


def hits(operator):
    return total(operator, "cache_requests_total", result="hit")


def read_until_cached(client, operator, path, check=lambda document: None, count=1):
    """Reads until that many answers came from the cache; each answer, cached or not, must pass the check. Never a limit's worth of them."""
    enough = hits(operator) + count

    def read():
        check(assert_ok(client.get(path)))
        return hits(operator) >= enough

    wait_for(read, 20, pause=0.25)


# --- at the same time ---

def race(requests):
    """Sends all (client, method, path, options) at once, each on its own open connection; answers in order."""
    barrier = threading.Barrier(len(requests), timeout=30)

    def send(client, method, path, options):
        connection = client.connect()
        try:
            connection.connect()
            barrier.wait()
            return client.request(method, path, connection=connection, **options)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return [future.result() for future in [pool.submit(send, *request) for request in requests]]


@contextlib.contextmanager
def in_background(call, *arguments, **options):
    """Runs a call beside the test; gives its future, and waits for it at the end."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call, *arguments, **options)


@contextlib.contextmanager
def locked(stack, table):
    """Nobody else reads or writes the table inside. `release()` ends it early."""
    with stack.database() as connection:
        connection.execute("begin")
        connection.execute(f"lock table {table} in access exclusive mode")
        yield connection
        connection.execute("rollback")


def blocked(connection):
    """Server processes of the service that wait for a lock."""
    rows = connection.execute("select pid from pg_stat_activity where usename = 'userprofile_api' and wait_event_type = 'Lock'")
    return [pid for pid, in rows.fetchall()]


def wait_for_clock(connection, instant):
    """Until the server's clock, the one that decides, shows the instant."""
    wait_for(lambda: connection.execute("select clock_timestamp() >= %s", [instant]).fetchone()[0])


def wait_until_blocked(connection, count=1):
    return wait_for(lambda: len(pids := blocked(connection)) == count and pids)
