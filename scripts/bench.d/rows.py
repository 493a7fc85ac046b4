"""The rows of the budget. A new row is a new entry: what we are asked, what the yardstick does, and the bar."""

from dataclasses import dataclass, field
from typing import Callable


@dataclass
class Asker:
    """Whose request it is: a user, another one whom nothing keeps from being seen, and which of the TURNS through all users this is."""
    user: str
    other: str
    turn: int


@dataclass
class Row:
    name: str
    title: str
    #: (method, path, body) asked of the service with that user's token
    ask: Callable[[Asker], tuple]
    #: what the yardstick does: plain, redis or pg
    yardstick: str
    #: the yardstick's path for the same; redis takes the last segment as its key, pg the segments as parameters
    yardstick_path: Callable[[Asker], str] = lambda asker: f"/{asker.user}"
    #: for pg: the same function call, to be prepared
    query: str = ""
    #: changes of service.env while this row is measured
    settings: dict = field(default_factory=dict)
    #: the service whose key goes with the request instead of a user's token
    key: str | None = None
    #: our requests/s over the yardstick's, at least
    bar: float = 0.8
    #: our CPU a request over the yardstick's, at most
    cpu_bar: float | None = None


NAMES = ("Anne", "Maria", "Tomasz", "Yusuf")
#: Through all users in a file of requests; the threads of wrk begin one and a half of them apart: never the same user at the same
#: time, and each update of one differs from the one before.
TURNS = len(NAMES)
APART = 1.5 / TURNS

ROWS = [
    Row("own-profile-cached", "GET /users/me, cached | one Redis GET",
        ask=lambda asker: ("GET", "/api/v1/users/me", None),
        yardstick="redis", bar=0.85, cpu_bar=1.3),
    Row("own-profile-uncached", "GET /users/me, uncached | the same function call",
        ask=lambda asker: ("GET", "/api/v1/users/me", None),
        yardstick="pg", query="select * from activity.api_get_own_profile($1::uuid, null::bigint)",
        settings={"CACHE_ENABLED": "false"}),
    Row("public-profile", "GET /users/{id} with its view record | the same function call",
        ask=lambda asker: ("GET", f"/api/v1/users/{asker.other}", None),
        yardstick="pg", yardstick_path=lambda asker: f"/{asker.user}/{asker.other}",
        query="select * from activity.api_get_public_profile($1::uuid, null::bigint, $2::uuid, true)"),
    Row("update", "PATCH /users/me with another first name each time | the same function call",
        ask=lambda asker: ("PATCH", "/api/v1/users/me", f'{{"first_name":"{NAMES[asker.turn]}"}}'),
        yardstick="pg", yardstick_path=lambda asker: f"/{asker.user}/{NAMES[asker.turn]}",
        query="select * from activity.api_update_profile($1::uuid, null::bigint, jsonb_build_object('first_name', $2::text), null)"),
    # A service may make 1000 of these a minute, so this row alone is measured without limits.
    Row("counters", "POST /users/{id}/activity-counters, no limits | the same function call",
        ask=lambda asker: ("POST", f"/api/v1/users/{asker.user}/activity-counters", '{"created_delta":1,"attended_delta":1}'),
        key="ACTIVITIES_API_KEY", settings={"RATE_LIMIT_ENABLED": "false"},
        yardstick="pg",
        query="select * from activity.api_update_activity_counters('activities', $1::uuid, 1, 1, null, null, null)"),
]
