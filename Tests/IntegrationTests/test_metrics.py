"""/metrics on the operators' listener: Prometheus text, labels from fixed sets, every request counted once, whoever answers."""

import re
from collections import Counter

import pytest

from asserts import INTERESTS, ME, assert_error, race, samples, total, wait_until_quiet

SAMPLE = re.compile(r'([a-z_][a-z0-9_]*)(\{([a-z_]+="[^"\\]*")(,[a-z_]+="[^"\\]*")*\})? (\d+(\.\d+)?([eE][+-]?\d+)?|\+Inf)')


def requests(operator, route, method, status):
    return total(operator, "http_requests_total", route=route, method=method, status=status)


def test_the_text_is_what_prometheus_reads(operator):
    response = operator.get("/metrics")
    assert (response.status, response.header("Cache-Control")) == (200, "no-store")
    assert response.header("Content-Type").startswith("text/plain; version=0.0.4")
    lines = response.body.decode().splitlines()
    types = dict(line.split()[2:4] for line in lines if line.startswith("# TYPE "))
    helped = {line.split()[2] for line in lines if line.startswith("# HELP ")}
    assert set(types) == helped and response.body.endswith(b"\n")
    series = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    assert [name for name, count in Counter(series).items() if count > 1] == []
    for line in lines:
        if not line.startswith("#"):
            name = SAMPLE.fullmatch(line)
            assert name, line
            family = re.sub(r"_(bucket|sum|count)$", "", name[1])
            assert name[1] in types or types.get(family) == "histogram", line


@pytest.mark.parametrize("metric", [
    "http_requests_total", "http_request_duration_seconds_count", "http_requests_in_flight", "db_query_duration_seconds_count",
    "cache_requests_total", "auth_failures_total", "userprofile_build_info",
])
def test_what_operators_rely_on_is_there(operator, metric):
    assert total(operator, metric) >= 0


def test_histograms_are_cumulative_and_have_a_bucket_at_half_a_second(operator, user):
    user.client.get(ME)
    wait_until_quiet(operator)
    metric, route = "http_request_duration_seconds", 'route="/api/v1/users/me",method="GET"'
    found = samples(operator)
    buckets = {name: value for name, value in found.items() if name.startswith(f"{metric}_bucket{{{route},le=")}
    bounds = [float(re.search(r'le="([^"]+)"', name)[1].replace("+Inf", "inf")) for name in buckets]
    assert 0.5 in bounds and bounds == sorted(bounds) and bounds[-1] == float("inf")
    assert list(buckets.values()) == sorted(buckets.values())
    assert list(buckets.values())[-1] == found[f"{metric}_count{{{route}}}"]


@pytest.mark.parametrize("method, path, options, route, counted, status", [
    ("GET", ME, {}, "/api/v1/users/me", "GET", "2xx"),
    ("HEAD", ME, {}, "/api/v1/users/me", "GET", "2xx"),
    ("PATCH", ME, {"json": {"x": 1}}, "/api/v1/users/me", "PATCH", "4xx"),
    ("GET", ME, {"token": "x"}, "/api/v1/users/me", "GET", "4xx"),
    ("GET", "/api/v1/users/01900000-0000-7000-8000-000000000001", {}, "/api/v1/users/{user_id}", "GET", "2xx"),
    ("GET", "/api/v1/users/nobody", {}, "/api/v1/users/{user_id}", "GET", "4xx"),
    ("DELETE", f"{INTERESTS}/secret-tag", {}, "/api/v1/users/me/interests/{tag}", "DELETE", "2xx"),
    ("GET", "/secret-path", {}, "unmatched", "GET", "4xx"),
])
def test_each_request_counts_once_under_its_template(user, operator, method, path, options, route, counted, status):
    wait_until_quiet(operator)
    before = samples(operator)
    user.client.request(method, path, **options)
    wait_until_quiet(operator)
    after = samples(operator)
    grown = {name: after[name] - before.get(name, 0) for name in after
             if name.startswith("http_requests_total") and after[name] != before.get(name, 0)}
    # The looks at /metrics count too.
    grown = {name: count for name, count in grown.items() if 'route="/metrics"' not in name}
    assert grown == {f'http_requests_total{{route="{route}",method="{counted}",status="{status}"}}': 1}
    assert not any("secret" in name or "nobody" in name for name in after)


def test_all_workers_count_into_one(user, operator):
    """Any worker answers for all of them: the numbers are the same whoever is asked."""
    wait_until_quiet(operator)
    before = requests(operator, "/health/live", "GET", "2xx")
    race([(user.client, "GET", "/health/live", {}) for _ in range(24)])
    wait_until_quiet(operator)
    assert {requests(operator, "/health/live", "GET", "2xx") for _ in range(12)} == {before + 24}


def test_database_calls_are_measured_by_function(user, operator):
    before = total(operator, "db_query_duration_seconds_count", function="api_update_profile")
    user.client.patch(ME, json={})
    assert total(operator, "db_query_duration_seconds_count", function="api_update_profile") == before + 1


def test_the_build_is_named(operator, api):
    about = api.get("/").json
    assert total(operator, "userprofile_build_info", version=about["version"], environment=about["environment"]) == 1


def test_metrics_know_get_and_head_only(operator):
    assert_error(operator.post("/metrics"), 405, "METHOD_NOT_ALLOWED")
    head = operator.head("/metrics")
    assert (head.status, head.body) == (200, b"")
