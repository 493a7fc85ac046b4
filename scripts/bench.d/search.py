"""The budget's row about search: the same queries at ten thousand users and at a million, each timed by itself through nginx."""

import math
import random
import statistics
import time
import urllib.parse
from dataclasses import dataclass

from processes import supervisor
from stack import Client

FEW, MANY = 10_000, 1_000_000
LONGEST_P95_MS = 20
LARGEST_RATIO = 5
SEED = 23
PASSES = 3
WARM_SECONDS = 5
CALLERS = 50
#: How many pages before the one that is asked for: the half begins at the first. Who has fewer gives its last.
PAGES_BEFORE = (0, 0, 0, 1, 5, 20)


@dataclass(frozen=True)
class Query:
    kind: str
    text: str
    pages_before: int


def part(dice, text, length):
    at = dice.randrange(max(1, len(text) - length + 1))
    return text[at:at + length]


def drawn(dice, rows, kind):
    """A text of that kind, from a user that the dice choose."""
    username, first, last = dice.choice(rows)
    match kind:
        case "first name": return first
        case "last name": return last.lower()
        case "username": return username
        case "2 characters": return part(dice, dice.choice((username, first, last)), 2)
        case "part of a username": return part(dice, username, dice.randint(3, 6))
        case "part of a name": return part(dice, dice.choice((first, last)), dice.randint(3, 4))
        case "absent": return username[::-1]
        case "absent 2 characters": return "".join(dice.choices("jqvwxz", k=2))
    raise ValueError(kind)


KINDS = {"first name": 40, "last name": 40, "2 characters": 50, "part of a username": 60, "part of a name": 30,
         "username": 40, "absent": 30, "absent 2 characters": 10}


def draw(stack):
    """Always the same ones of the same users, common and rare; all of the first ten thousand, who are among the million too."""
    dice, queries = random.Random(SEED), []
    with stack.database() as owner:
        rows = owner.execute("select username, first_name, last_name from activity.users where email like 'user%%@bulk.example.com'"
                             " and status = 'active' order by user_id limit %s", [FEW]).fetchall()
    for kind, count in KINDS.items():
        for _ in range(count):
            while len((text := drawn(dice, rows, kind)).strip()) < 2:
                pass
            queries.append(Query(kind, text, dice.choice(PAGES_BEFORE)))
    dice.shuffle(queries)
    return queries


def path_of(query, cursor=None):
    return "/api/v1/users/search?" + urllib.parse.urlencode({"q": query.text, **({"cursor": cursor} if cursor else {})})


def turned(client, connection, query):
    """The query's path, with the cursor that a client has who turned so many pages. A page that fails is the one asked for."""
    cursor = None
    for _ in range(query.pages_before):
        response = client.get(path_of(query, cursor), connection=connection)
        if response.status != 200 or not (following := response.json["next_cursor"]):
            break
        cursor = following
    return path_of(query, cursor)


def warm(bench, paths):
    """All workers' connections have planned the functions, and what the queries need is in memory."""
    heads = "GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n"
    file = bench.directory / "search"
    file.write_text("\0".join(heads.format(path, bench.tokens[at % CALLERS]) for at, path in enumerate(paths)))
    bench.slice(file, supervisor(bench.stack), WARM_SECONDS)


def ask(bench, queries):
    """[(milliseconds, query)] of all passes, how many of a pass have a cursor, and what each error was an answer to."""
    client, taken, wrong = Client(f"http://127.0.0.1:{bench.port}"), [], []
    connection = client.connect()
    try:
        paths = [turned(client.with_token(bench.tokens[at % CALLERS]), connection, query) for at, query in enumerate(queries)]
        warm(bench, paths)
        for _ in range(PASSES):
            for at, (query, path) in enumerate(zip(queries, paths)):
                caller = client.with_token(bench.tokens[at % CALLERS])
                began = time.perf_counter()
                response = caller.get(path, connection=connection)
                taken.append(((time.perf_counter() - began) * 1000, query))
                if response.status != 200:
                    wrong.append(f"{response.status} for {query.kind} '{query.text}'{', with a cursor' if 'cursor=' in path else ''}")
    finally:
        connection.close()
    return taken, sum("cursor=" in path for path in paths), wrong


def p95(values):
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def described(users, taken):
    times = [milliseconds for milliseconds, _ in taken]
    return f"  {users:<10} {statistics.median(times):>11.2f} {p95(times):>11.2f} {max(times):>8.2f}"


def by_kind(taken):
    kinds = {kind: p95([milliseconds for milliseconds, query in taken if query.kind == kind]) for kind in KINDS}
    return "  p95 ms by kind: " + ", ".join(f"{kind} {milliseconds:.1f}" for kind, milliseconds in kinds.items())


def search(bench):
    bench.stack.remove()  # the rows before have updated its users; this begins with exactly so many, and the million come to them
    bench.start(FEW, RATE_LIMIT_ENABLED="false")
    queries = draw(bench.stack)
    few, _, wrong = ask(bench, queries)
    print(f"==> {MANY} users, which takes some minutes", flush=True)
    bench.stack.up("--users", str(MANY), RATE_LIMIT_ENABLED="false")
    with bench.stack.database() as owner:
        owner.execute("checkpoint")  # not while we measure
    many, cursors, more_wrong = ask(bench, queries)
    few_p95, many_p95 = (p95([milliseconds for milliseconds, _ in taken]) for taken in (few, many))
    slowest, query = max(many, key=lambda one: one[0])
    lines = [f"  {'users':<10} {'p50 ms':>11} {'p95 ms':>11} {'worst':>8}   "
             f"{len(queries)} queries, {cursors} with a cursor, {PASSES} times",
             described(FEW, few), f"{described(MANY, many)}   (bar p95 {LONGEST_P95_MS})",
             f"  {'ratio':<10} {'':>11} {many_p95 / few_p95:>11.2f} {'':>8}   (bar {LARGEST_RATIO})",
             by_kind(many), f"  slowest: {slowest:.1f} ms for {query.kind} '{query.text}', {query.pages_before} pages turned"]
    wrong += more_wrong
    failed = [f"{len(wrong)} of {len(few) + len(many)} answers were errors: {'; '.join(wrong[:3])}"] if wrong else []
    if many_p95 > LONGEST_P95_MS:
        failed.append(f"p95 {many_p95:.1f} ms is above {LONGEST_P95_MS}")
    if many_p95 > LARGEST_RATIO * few_p95:
        failed.append(f"p95 is {many_p95 / few_p95:.1f} times that at {FEW} users, above {LARGEST_RATIO}")
    return lines, failed
