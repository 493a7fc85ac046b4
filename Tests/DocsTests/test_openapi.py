"""nginx/docs/openapi.yaml against the code it describes. What the service answers is compared in IntegrationTests."""

import json
import pathlib
import re
import subprocess

import jsonschema
import pytest

import openapi
from openapi import DOCUMENT, OPERATIONS

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "Sources/UserProfileAPI"

ROUTE = re.compile(r'case \.(\w+): return (at|v1)\(\.(\w+), "([^"]+)"(?:, \.(\w+)(?:\(\.(\w+)\))?, \.per(Minute|Hour|Day)\((\d+)\))?\)')
WINDOWS = {"Minute": "minute", "Hour": "hour", "Day": "day"}
# How a route's Access looks in the document: its security, and the 403 that tells of the gate.
ACCESS = {
    (None, None): ([], None),
    ("user", None): ([{"bearer": []}], None),
    ("role", "admin"): ([{"bearer": []}], "RoleRequired"),
    ("role", "moderator"): ([{"bearer": []}], "RoleRequired"),
    ("adminOrPayment", None): ([{"bearer": []}, {"bearer": [], "paymentKey": []}, {"bearer": [], "serviceKey": []}], "RoleRequired"),
    ("service", "participation"): ([{"serviceKey": []}], "KeyForbidden"),
    ("service", "moderation"): ([{"serviceKey": []}], "KeyForbidden"),
    ("service", "activities"): ([{"serviceKey": []}], "KeyForbidden"),
    ("service", "payment"): ([{"paymentKey": []}, {"serviceKey": []}], "KeyForbidden"),
}


def routes():
    """Every route of RouteTable.swift but metrics, which is for operators: {case: (METHOD, path, access, limit)}."""
    found = {}
    for line in (SOURCES / "Routes/RouteTable.swift").read_text().splitlines():
        if not re.match(r"\s*case \.\w+: return (at|v1)\(", line) or ".unmatched" in line or ".metrics" in line:
            continue
        match = ROUTE.search(line)
        assert match, f"not read: {line}"
        name, kind, method, path, access, argument, window, count = match.groups()
        limit = f"{count}/{WINDOWS[window]}" if window else None
        found[name] = (method.upper(), ("/api/v1" if kind == "v1" else "") + path, (access, argument), limit)
    return found


def service_statuses():
    """{code: status} of Errors/APIError.swift."""
    text = (SOURCES / "Errors/APIError.swift").read_text()
    codes = dict(re.findall(r'case (\w+) = "([A-Z_]+)"', text))
    switch = text.partition("var status: Int")[2].partition("\n    }\n")[0]
    statuses = {}
    for cases, status in re.findall(r"case ([^:]+):\s*(\d{3})", switch):
        statuses.update({codes[name]: int(status) for name in re.findall(r"\.(\w+)", cases)})
    assert set(statuses) == set(codes.values()) and len(codes) > 30
    return statuses


def edge_statuses():
    """(status, code) pairs that nginx answers by itself."""
    text = (ROOT / "nginx/snippets/error-bodies.conf").read_text()
    pairs = {(int(status), code) for status, code in re.findall(r"^\s*(\d{3}) '.*\"code\":\"([A-Z_]+)\"", text, re.M)}
    assert len(pairs) > 10
    return pairs


ENUMERATION = DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"]
RESPONSES = [(operation, status) for operation in OPERATIONS.values() for status in [*operation.statuses, "default"]]


def contents(operation, status):
    return operation.response(status).get("content", {}).get("application/json")


# --- the document itself ---

def test_it_is_valid_openapi(validator):
    done = subprocess.run([validator, openapi.FILE], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_plain_json_underneath():
    # An unquoted date would have become an object of YAML's own.
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_it_names_the_version_of_the_service():
    command = (ROOT / "Sources/userprofile-api/UserProfileAPICommand.swift").read_text()
    assert DOCUMENT["info"]["version"] == re.search(r'static let version = "([^"]+)"', command)[1]


def test_every_component_is_used():
    text = openapi.FILE.read_text()
    names = [f"#/components/{kind}/{name}" for kind, members in DOCUMENT["components"].items() if kind != "securitySchemes"
             for name in members]
    assert [name for name in names if f"'{name}'" not in text] == []


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=str)
def test_an_example_is_what_its_schema_says(operation):
    for status in [*operation.statuses, "default"]:
        content = contents(operation, status)
        if content and "example" in content:
            assert openapi.errors(openapi.strict(content["schema"]), content["example"]) == [], status


@pytest.mark.parametrize("operation", [one for one in OPERATIONS.values() if one.body], ids=str)
def test_a_request_is_closed_and_has_a_good_example(operation):
    schema, example = operation.body["schema"], operation.body["example"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert openapi.errors(schema, example) == []
    assert openapi.errors(schema, {**example, "something_else": 1}) != []


def object_schemas(schema):
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            yield schema
        for value in schema.values():
            yield from object_schemas(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from object_schemas(value)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=str)
def test_an_answer_leaves_no_member_out(operation):
    content = contents(operation, 200)
    for schema in object_schemas(content["schema"]):
        assert schema["required"] == list(schema["properties"])


# --- the document and the route table ---

def test_it_describes_every_route_and_no_other():
    assert {name: (one.method, one.path) for name, one in OPERATIONS.items()} == {
        name: (method, path) for name, (method, path, _, _) in routes().items()}
    assert len(OPERATIONS) == 31 + 4


def test_it_names_the_limits_of_the_route_table():
    assert {name: one.limit for name, one in OPERATIONS.items()} == {name: limit for name, (_, _, _, limit) in routes().items()}


def test_it_names_who_may_call():
    for name, (_, _, access, _) in routes().items():
        operation = OPERATIONS[name]
        security, gate = ACCESS[access]
        assert operation.security == security, name
        if gate:
            assert operation.definition["responses"]["403"] == {"$ref": f"#/components/responses/{gate}"}, name


def test_what_every_operation_can_answer_is_there():
    for operation in OPERATIONS.values():
        expected = {400, 401, 403, 429, 500, 503} if operation.limit else set()
        expected |= {413, 415, 422} if operation.body else set()
        expected |= {422} if {"user_id", "tag", "Idempotency-Key"} & set(operation.parameters) else set()
        expected |= {304} if "If-None-Match" in operation.parameters else set()
        expected |= {412} if "If-Match" in operation.parameters else set()
        expected |= {409} if "Idempotency-Key" in operation.parameters else set()
        expected |= {404} if "user_id" in operation.parameters else set()
        assert expected <= set(operation.statuses), operation
        assert "default" in operation.definition["responses"]


# --- the document and the error codes ---

def test_the_enumeration_is_that_of_service_and_edge():
    assert len(set(ENUMERATION)) == len(ENUMERATION)
    assert set(ENUMERATION) == set(service_statuses()) | {code for _, code in edge_statuses()}


def test_every_code_comes_with_its_own_status():
    statuses, seen = service_statuses(), set()
    for operation, status in RESPONSES:
        content = contents(operation, status)
        found = openapi.codes(content["schema"]) if content else set()
        assert bool(found) == (status not in (200, 304)), (operation, status)
        seen |= found
        if status != "default":
            assert {statuses[code] for code in found} <= {status}, (operation, status)
    assert seen == set(ENUMERATION)


def test_other_errors_are_those_of_nginx_and_a_wrong_method():
    other = openapi.codes(openapi.resolved(DOCUMENT["components"]["responses"]["Other"])["content"]["application/json"]["schema"])
    assert other == {code for _, code in edge_statuses()} | {"INTERNAL_SERVER_ERROR"}


def test_the_readme_names_only_codes_that_exist():
    text = (ROOT / "README.md").read_text()
    rows = [line for line in text.splitlines() if re.match(r"\| [45]\d\d", line)]
    named = {code for row in rows for code in re.findall(r"`([A-Z_]+)`", row)}
    assert named and named <= set(ENUMERATION), named - set(ENUMERATION)
    assert {"URI_TOO_LONG", "HEADERS_TOO_LARGE"} <= named
