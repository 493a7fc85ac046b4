"""Who may call what: every endpoint by every kind of caller, from one table."""

import uuid

import pytest

from asserts import assert_error
from endpoints import CLUB, ENDPOINTS, FOR_SERVICES, FOR_USERS, PREMIUM, SERVICES, caller_for, keys
from stack import make_user

FREE = {"roles": [], "subscription_level": "free", "subscription_expires_at": None}
CALLERS = {
    "free": FREE, "club": {**FREE, **CLUB}, "premium": {**FREE, **PREMIUM}, "moderator": {**FREE, "roles": ["moderator"]},
    "admin": {**FREE, "roles": ["admin"]}, "premium that ran out": {**FREE, **PREMIUM, "subscription_expires_at": "2020-01-01T00:00:00Z"},
    "banned": {**PREMIUM, "roles": ["admin"], "status": "banned"},
    "temporarily banned": {**PREMIUM, "roles": ["admin"], "status": "temporary_ban", "ban_expires_at": "2099-01-01T00:00:00Z"},
    "inactive": {**PREMIUM, "roles": ["admin"], "is_active": False},
    "deleted": {**PREMIUM, "roles": ["admin"], "deleted_at": "2020-01-01T00:00:00Z"},
}
STATES = {"banned": "USER_BANNED", "temporarily banned": "USER_TEMPORARILY_BANNED", "inactive": "USER_BANNED", "deleted": "USER_DELETED"}
MAY = {"user": CALLERS.keys() - STATES, "premium": {"premium"}, "moderator": {"moderator", "admin"}, "admin": {"admin"},
       "admin or payment": {"admin"}}


def user_expectation(endpoint, caller):
    if endpoint.service:
        return 401, "AUTH_SERVICE_KEY_MISSING"
    if caller in STATES:
        return 403, STATES[caller]
    if caller in MAY[endpoint.may]:
        return 200, None
    return 403, "SUBSCRIPTION_PREMIUM_REQUIRED" if endpoint.may == "premium" else "AUTH_INSUFFICIENT_PERMISSIONS"


def fresh_name(endpoint):
    return {"json": {"new_username": f"u_{uuid.uuid4().hex[:12]}"}} if endpoint.number == 4 else {}


def check(response, status, code):
    if code is None:
        assert response.status == status, response.body
    else:
        assert_error(response, status, code)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_users(endpoint, caller, stack, owner):
    user = caller_for(endpoint, stack, owner, **CALLERS[caller])
    other = make_user(stack, owner, **endpoint.other)
    check(endpoint.send(user.client, other, **fresh_name(endpoint)), *user_expectation(endpoint, caller))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_nobody(endpoint, api, new_user):
    response = endpoint.send(api, new_user())
    assert_error(response, 401, "AUTH_SERVICE_KEY_MISSING" if endpoint.service else "AUTH_TOKEN_MISSING")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_service_keys(endpoint, service, stack, api, new_user):
    """A user endpoint does not know service keys; another service's endpoint is 403."""
    response = endpoint.send(api, new_user(**endpoint.other), headers=keys(stack, service))
    if not endpoint.service:
        assert_error(response, 401, "AUTH_TOKEN_MISSING")
    else:
        check(response, *((200, None) if service == endpoint.may else (403, "AUTH_INSUFFICIENT_PERMISSIONS")))


@pytest.mark.parametrize("endpoint", FOR_SERVICES, ids=str)
@pytest.mark.parametrize("value, code", [
    ("wrong", "AUTH_SERVICE_KEY_INVALID"), ("", None), (",", "AUTH_SERVICE_KEY_INVALID"), ("é", "AUTH_SERVICE_KEY_INVALID")])
def test_wrong_keys(endpoint, value, code, api, new_user):
    response = endpoint.send(api, new_user(), headers={"X-Service-API-Key": value.encode()})
    assert response.status == 401
    assert response.code == code or (code is None and response.code.startswith("AUTH_SERVICE_KEY_")), response.body


@pytest.mark.parametrize("endpoint", FOR_SERVICES, ids=str)
@pytest.mark.parametrize("header", [{"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}])
def test_authorization_is_ignored_on_service_endpoints(endpoint, header, stack, api, new_user):
    response = endpoint.send(api, new_user(), headers={**keys(stack, endpoint.may), **header})
    assert response.status == 200, response.body


@pytest.mark.parametrize("endpoint", FOR_SERVICES, ids=str)
def test_a_users_token_is_no_service_key(endpoint, new_user, api):
    admin = new_user(roles=["admin"])
    assert_error(endpoint.send(admin.client, new_user()), 401, "AUTH_SERVICE_KEY_MISSING")
    assert_error(endpoint.send(api, new_user(), headers={"X-Service-API-Key": admin.token}), 401, "AUTH_SERVICE_KEY_INVALID")


def test_the_payment_key_may_come_in_its_own_header(stack, api, new_user):
    endpoint = next(one for one in ENDPOINTS if one.number == 31)
    key = stack.env["PAYMENT_API_KEY"]
    assert endpoint.send(api, new_user(), headers={"X-Payment-API-Key": key}).status == 200


def test_16_takes_a_token_with_the_payment_key(stack, new_user):
    """A user's own token and the payment key; the key alone names no user."""
    endpoint, user = ENDPOINTS[15], new_user()
    assert_error(endpoint.send(user.client, user), 403, "AUTH_INSUFFICIENT_PERMISSIONS")
    for service in SERVICES:
        response = endpoint.send(user.client, user, headers=keys(stack, service))
        check(response, *((200, None) if service == "payment" else (403, "AUTH_INSUFFICIENT_PERMISSIONS")))
    assert endpoint.send(user.client, user, headers={"X-Payment-API-Key": stack.env["PAYMENT_API_KEY"]}).status == 200


@pytest.mark.parametrize("endpoint", FOR_USERS, ids=str)
@pytest.mark.parametrize("claims", [{"role": "admin", "roles": ["admin"], "subscription_level": "premium", "ghost_mode": True}])
def test_claims_open_no_gate(endpoint, claims, stack, owner):
    """Tier and role came from the token once."""
    user, other = caller_for(endpoint, stack, owner, **FREE, claims=claims), make_user(stack, owner, **endpoint.other)
    check(endpoint.send(user.client, other, **fresh_name(endpoint)), *user_expectation(endpoint, "free"))


@pytest.mark.parametrize("endpoint", [one for one in FOR_USERS if one.may != "user"], ids=str)
@pytest.mark.parametrize("body", [b"{", b"[]", b'{"nonsense": 1}'])
def test_the_role_comes_before_the_body(endpoint, body, user, new_user):
    response = endpoint.send(user.client, new_user(), body=body, headers={"Content-Type": "application/json"})
    check(response, *user_expectation(endpoint, "free"))
