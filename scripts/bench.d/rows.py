"""The rows of the budget. A new row is a new entry: what we are asked, what the yardstick does, and the bar."""

from dataclasses import dataclass, field
from typing import Callable


@dataclass
class Row:
    name: str
    title: str
    #: user id → (method, path, body) asked of the service with that user's token
    ask: Callable[[str], tuple]
    #: what the yardstick does: plain, redis or pg
    yardstick: str
    #: the yardstick's path for the same user; it takes the last segment
    yardstick_path: Callable[[str], str] = lambda user: f"/{user}"
    #: for pg: the same function call, prepared, with the last segment as $1
    query: str = ""
    #: changes of service.env while this row is measured
    settings: dict = field(default_factory=dict)
    #: requests per user and minute that the limit of this route allows
    per_minute: int = 100
    #: our requests/s over the yardstick's, at least
    bar: float = 0.8
    #: our CPU a request over the yardstick's, at most
    cpu_bar: float | None = None


ROWS = [
    Row("own-profile-cached", "GET /users/me, cached | one Redis GET",
        ask=lambda user: ("GET", "/api/v1/users/me", None),
        yardstick="redis", bar=0.85, cpu_bar=1.3),
    Row("own-profile-uncached", "GET /users/me, uncached | the same function call",
        ask=lambda user: ("GET", "/api/v1/users/me", None),
        yardstick="pg", query="select * from activity.api_get_own_profile($1::uuid, null::bigint)",
        settings={"CACHE_ENABLED": "false"}),
]
