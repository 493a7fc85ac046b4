"""Every refusal that nginx/docs/openapi.yaml names, provoked: status, code, body and headers must be what the document says."""

import json
import uuid

import pytest

import openapi
from openapi import OPERATIONS
from openapi_call import ADMIN, MODERATOR, PHOTO, SERVICES, assert_refused, operations


@operations(lambda one: one.security)
def test_no_credentials_are_401_as_documented(operation, call):
    request = call(operation)
    request.token, request.headers = None, {}
    assert_refused(operation, request.send(), 401, "AUTH_SERVICE_KEY_MISSING" if operation.id in SERVICES else "AUTH_TOKEN_MISSING")


@operations(lambda one: one.limit and one.id not in SERVICES)
def test_a_banned_caller_is_403_as_documented(operation, call):
    until = "2099-01-01T00:00:00Z"
    request = call(operation, status="temporary_ban", ban_expires_at=until)
    error = assert_refused(operation, request.send(), 403, "USER_TEMPORARILY_BANNED")
    assert error["details"]["expires_at"] == until


@operations(lambda one: one.id in ADMIN | MODERATOR)
def test_a_missing_role_is_403_as_documented(operation, call):
    error = assert_refused(operation, call(operation, roles=[]).send(), 403, "AUTH_INSUFFICIENT_PERMISSIONS")
    assert error["details"]["required_role"] == ("admin" if operation.id in ADMIN else "moderator")


@operations(lambda one: one.id in SERVICES)
def test_another_services_key_is_403_as_documented(operation, call, service_key):
    other = "moderation" if SERVICES[operation.id] != "moderation" else "payment"
    assert_refused(operation, call(operation).send(headers=service_key(other)), 403, "AUTH_INSUFFICIENT_PERMISSIONS")


@operations(lambda one: one.id in ("profileViews", "updateSettings"))
def test_a_missing_tier_is_403_as_documented(operation, call):
    request = call(operation, subscription_level="free", subscription_expires_at=None)
    request.body = {"ghost_mode": True} if request.body else None
    error = assert_refused(operation, request.send(), 403, "SUBSCRIPTION_PREMIUM_REQUIRED")
    assert {"current_level", "required_level", "upgrade_url"} <= set(error["details"])


@operations(lambda one: "user_id" in one.parameters)
def test_an_unknown_user_is_404_and_a_malformed_id_422_as_documented(operation, call):
    request = call(operation)
    request.path["user_id"] = uuid.uuid4()
    assert_refused(operation, request.send(), 404, "RESOURCE_NOT_FOUND")
    request.path["user_id"] = "not-a-uuid"
    assert_refused(operation, request.send(), 422, "VALIDATION_INVALID_FORMAT")


@operations(lambda one: one.body)
def test_a_body_that_is_none_is_refused_as_documented(operation, call):
    request = call(operation)
    assert_refused(operation, request.send(body=b'{"a":', headers={"Content-Type": "application/json"}), 400, "BAD_REQUEST")
    assert_refused(operation, request.send(body=b"a=b", headers={"Content-Type": "text/plain"}), 415, "UNSUPPORTED_MEDIA_TYPE")
    assert_refused(operation, request.send(body=b"[]", headers={"Content-Type": "application/json"}), 422, "VALIDATION_INVALID_FORMAT")
    assert_refused(operation, request.send(body=b"x" * 65537, headers={"Content-Type": "application/json"}), 413, "PAYLOAD_TOO_LARGE")


def bad_bodies():
    """(operation, what is wrong, change, code) of everything that the request schemas refuse and a test can derive from them."""
    for operation in OPERATIONS.values():
        if not operation.body:
            continue
        schema, example = operation.body["schema"], operation.body["example"]
        yield operation, "an unknown member", {**example, "something_else": 1}, "VALIDATION_UNKNOWN_FIELD"
        for name in schema.get("required", []):
            yield operation, f"no {name}", {key: example[key] for key in example if key != name}, "VALIDATION_FIELD_REQUIRED"
        for name, member in schema["properties"].items():
            merged = {key: value for part in [member, *member.get("allOf", [])] for key, value in part.items()}
            if "null" not in merged.get("type", "boolean"):
                yield operation, f"{name} null", {**example, name: None}, "VALIDATION_INVALID_FORMAT"
            yield operation, f"{name} of another type", {**example, name: {"a": 1}}, "VALIDATION_INVALID_FORMAT"
            if "maxLength" in merged:
                long = "https://cdn.example.com/" + "x" * merged["maxLength"]
                yield operation, f"{name} too long", {**example, name: long}, "VALIDATION_FIELD_TOO_LONG"
            for bound, step in (("minimum", -1), ("maximum", 1)):
                if bound in merged:
                    value = merged[bound] + step
                    yield operation, f"{name} beyond its {bound}", {**example, name: value}, "VALIDATION_INVALID_VALUE"
            if "enum" in merged:
                yield operation, f"{name} none of the allowed", {**example, name: "other"}, "VALIDATION_INVALID_VALUE"


BAD_BODIES = list(bad_bodies())


@pytest.mark.parametrize("operation, body, code", [(operation, body, code) for operation, _, body, code in BAD_BODIES],
                         ids=[f"{operation}: {what}" for operation, what, _, _ in BAD_BODIES])
def test_what_a_request_schema_refuses_the_service_refuses(operation, body, code, call):
    assert openapi.errors(operation.body["schema"], body) != []
    request = call(operation)
    request.body = body
    assert_refused(operation, request.send(), 422, code)


@operations(lambda one: "If-Match" in one.parameters)
def test_an_edit_of_something_else_is_412_as_documented(operation, call):
    assert_refused(operation, call(operation).send(headers={"If-Match": '"0.0"'}), 412, "PRECONDITION_FAILED")


@operations(lambda one: "Idempotency-Key" in one.parameters)
def test_a_key_of_another_request_is_422_as_documented(operation, call):
    request = call(operation)
    request.headers["Idempotency-Key"] = str(uuid.uuid4())
    assert request.send().status == 200
    # Endpoints without a body take any: its bytes are the fingerprint all the same.
    response = request.send(body=json.dumps(request.body).encode() + b" ", headers={"Content-Type": "application/json"})
    assert_refused(operation, response, 422, "IDEMPOTENCY_KEY_REUSED")
    assert_refused(operation, request.send(headers={"Idempotency-Key": "two words"}), 422, "VALIDATION_INVALID_FORMAT")


@operations(lambda one: one.limit in ("2/day", "3/hour"))
def test_too_many_requests_are_429_as_documented(operation, call):
    request = call(operation)
    count = int(operation.limit.partition("/")[0])
    assert [request.send().status for _ in range(count)] == [200] * count
    error = assert_refused(operation, request.send(), 429, "RATE_LIMIT_EXCEEDED")
    assert (error["details"]["limit"], error["details"]["endpoint"]) == (operation.limit, f"{operation.method} {operation.path}")


def test_the_other_conflicts_are_409_as_documented(call):
    rename = call(OPERATIONS["updateUsername"])
    rename.body = {"new_username": rename.other.username.upper()}
    error = assert_refused(rename.operation, rename.send(), 409, "RESOURCE_DUPLICATE")
    assert error["details"]["field"] == "username"

    photo = call(OPERATIONS["addPhoto"], profile_photos_extra=[PHOTO])
    assert_refused(photo.operation, photo.send(), 409, "RESOURCE_DUPLICATE")

    moderation = call(OPERATIONS["moderatePhoto"])
    moderation.body["photo_url"] = f"{PHOTO}?old"
    assert_refused(moderation.operation, moderation.send(), 409, "CONFLICT_PHOTO_CHANGED")

    ban = call(OPERATIONS["ban"])
    ban.path["user_id"] = ban.caller.user_id
    assert_refused(ban.operation, ban.send(), 409, "CONFLICT_PROTECTED_USER")


def test_what_is_full_is_400_as_documented(call):
    photo = call(OPERATIONS["addPhoto"], profile_photos_extra=[f"{PHOTO}?{number}" for number in range(8)])
    error = assert_refused(photo.operation, photo.send(), 400, "RESOURCE_LIMIT_EXCEEDED")
    assert error["details"]["limit"] == 8

    counters = call(OPERATIONS["activityCounters"])
    counters.body["created_delta"] = -1
    assert_refused(counters.operation, counters.send(), 400, "RESOURCE_LIMIT_EXCEEDED")


def test_a_wrong_password_is_401_as_documented(call):
    request = call(OPERATIONS["deleteAccount"])
    request.body["password"] = "wrong horse"
    assert_refused(request.operation, request.send(), 401, "AUTH_PASSWORD_INVALID")


def test_somebody_too_young_is_422_as_documented(call):
    request = call(OPERATIONS["updateProfile"])
    request.body = {"date_of_birth": "2020-02-29"}
    error = assert_refused(request.operation, request.send(), 422, "VALIDATION_AGE_RESTRICTION")
    assert error["details"]["min_age"] == 18


def test_another_method_is_405_as_documented(call):
    request = call(OPERATIONS["ownProfile"])
    response = request.send(method="PUT")
    assert (response.status, response.code) == (405, "METHOD_NOT_ALLOWED")
    described = request.operation.response("default")
    assert openapi.errors(openapi.strict(described["content"]["application/json"]["schema"]), response.json) == []
    assert response.header("Allow") == "DELETE, GET, HEAD, PATCH"
