"""Bearer tokens through nginx: what opens the door, and a dozen ways in that must stay shut. The verifier's own tests have the rest."""

import hashlib
import hmac
import json
import time

import pytest

from asserts import ME, REQUEST_IDS, USER_REQUESTS, assert_error, assert_ok, total
from stack import base64url, mint

ABSENT = "01900000-0000-7000-8000-0000000fffff"


def signed(secret, header, payload, digest=hashlib.sha256):
    """A token over exactly these texts."""
    message = f"{base64url(header.encode())}.{base64url(payload.encode())}"
    return f"{message}.{base64url(hmac.new(secret.encode(), message.encode(), digest).digest())}"


@pytest.fixture
def claims(user):
    return {"sub": user.user_id, "type": "access", "exp": int(time.time()) + 900}


@pytest.fixture
def secret(stack):
    return stack.env["JWT_SECRET_KEY"]


# --- what opens the door ---

@pytest.mark.parametrize("method, path, body", USER_REQUESTS, ids=REQUEST_IDS)
@pytest.mark.parametrize("more", [{}, {"org_id": "0f8fad5b-d9cb-469f-a165-70867728950e"}], ids=["bare", "org_id"])
def test_a_token_with_only_sub_type_and_exp_is_enough(new_user, stack, method, path, body, more):
    """The tokens that auth-api issues today."""
    user, other = new_user(), new_user()
    token = stack.token(user, iat=None, **more)
    assert_ok(stack.client(token).request(method, path.format(other=other), json=body))


@pytest.mark.parametrize("more", [
    {"iat": 0}, {"nbf": 0}, {"iss": "anybody"}, {"role": "admin"}, {"role": ["admin"]}, {"email": "x@example.com"},
    {"subscription_level": "premium", "ghost_mode": True}, {"unknown": {"nested": [1, None]}}, {"jti": "some-id"},
])
def test_other_claims_neither_help_nor_hurt(stack, user, more):
    assert assert_ok(stack.client(stack.token(user, **more)).get(ME))["user_id"] == user.user_id


@pytest.mark.parametrize("header", [{"alg": "HS256"}, {"alg": "HS256", "typ": "at+jwt"}, {"alg": "HS256", "typ": "JWT", "kid": "x"},
                                    {"typ": "JWT", "alg": "HS256"}])
def test_other_headers_that_are_good(stack, user, header):
    assert_ok(stack.client(stack.token(user, header=header)).get(ME))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_no_case(api, user, scheme):
    assert_ok(api.get(ME, headers={"Authorization": f"{scheme} {user.token}"}))


# --- what does not ---

@pytest.mark.parametrize("method, path, body", USER_REQUESTS, ids=REQUEST_IDS)
def test_without_a_token_every_endpoint_is_401(api, method, path, body):
    assert_error(api.request(method, path.format(other=ABSENT), json=body), 401, "AUTH_TOKEN_MISSING")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer "])
def test_an_empty_authorization_is_missing(api, header):
    assert_error(api.get(ME, headers={"Authorization": header}), 401, "AUTH_TOKEN_MISSING")


def test_a_token_anywhere_else_is_missing(api, user):
    headers = {"X-Service-API-Key": user.token, "X-Authorization": f"Bearer {user.token}", "Cookie": f"token={user.token}"}
    assert_error(api.get(f"{ME}?access_token={user.token}", headers=headers), 401, "AUTH_TOKEN_MISSING")


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "{0}", "Token {0}", "Bearer{0}", "Bearer: {0}", "Bearer {0} {0}",
                                    "Bearer \"{0}\"", "Bearer {0}.", "Bearer .{0}", "Bearer a.b.c", "Bearer ..", "Bearer null"])
def test_a_malformed_authorization_is_invalid(api, user, header):
    assert_error(api.get(ME, headers={"Authorization": header.format(user.token)}), 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize("header", [
    '{"alg":"none"}', '{"alg":"None","typ":"JWT"}', '{"alg":"RS256"}', '{"alg":"HS384"}', '{"alg":"hs256"}', '{"alg":["HS256"]}',
    '{"typ":"JWT"}', '{"alg":"HS256","alg":"none"}', '{"alg":"none","alg":"HS256"}', '{"alg":"HS256","crit":["exp"]}',
    '{"alg":"HS256","crit":[]}', '{"alg":"HS256","b64":false,"crit":["b64"]}', '{"alg":"HS256","typ":"JWE"}',
    '{"alg":"HS256","cty":"JWT"}', '{"alg":"HS256","zip":"DEF"}', '{"alg":"HS256","enc":"A256GCM"}', '"HS256"', '[]', '{', '',
])
def test_a_header_that_is_not_plain_hs256_is_invalid(api, secret, claims, header):
    token = signed(secret, header, json.dumps(claims))
    assert_error(api.get(ME, token=token), 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize("algorithm, digest", [("HS384", hashlib.sha384), ("HS512", hashlib.sha512), ("HS256", hashlib.sha512)])
def test_another_digest_with_our_key_is_invalid(api, secret, claims, algorithm, digest):
    token = signed(secret, json.dumps({"alg": algorithm}), json.dumps(claims), digest)
    assert_error(api.get(ME, token=token), 401, "AUTH_TOKEN_INVALID")


def test_a_key_decoded_from_hex_is_another_key(api, stack, user, secret, claims):
    message = ".".join(stack.token(user).split(".")[:2])
    signature = hmac.new(bytes.fromhex(secret), message.encode(), hashlib.sha256).digest()
    assert_error(api.get(ME, token=f"{message}.{base64url(signature)}"), 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize("spoil", [
    lambda h, p, s: f"{h}.{p}.", lambda h, p, s: f"{h}.{p}", lambda h, p, s: f"{h}.{p}.{s[:-4]}", lambda h, p, s: f"{h}.{p}.{s}AAAA",
    lambda h, p, s: f"{h}.{p}.{s}=", lambda h, p, s: f"{h}.{p}.{s[::-1]}", lambda h, p, s: f"{h}.{p}.{s}.{s}",
    lambda h, p, s: f"{h}.{p}.{s}.x.y", lambda h, p, s: f"{h}..{s}", lambda h, p, s: f".{p}.{s}", lambda h, p, s: f"{h}.{p}.AAAA",
    lambda h, p, s: f"{base64url(b'{}')}.{p}.{s}", lambda h, p, s: f"{h}.{base64url(b'{}')}.{s}", lambda h, p, s: f"{h}.{p}.{'A' * 3000}",
], ids=range(14))
def test_a_spoilt_token_is_invalid(api, user, spoil):
    assert_error(api.get(ME, token=spoil(*user.token.split("."))), 401, "AUTH_TOKEN_INVALID")


def test_somebody_else_cannot_be_put_into_a_token(api, new_user, stack):
    one, other = new_user(), new_user()
    header, _, signature = one.token.split(".")
    payload = other.token.split(".")[1]
    assert_error(api.get(ME, token=f"{header}.{payload}.{signature}"), 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize("change", [
    {"sub": None}, {"sub": ""}, {"sub": "alice"}, {"sub": 7}, {"sub": [ABSENT]}, {"sub": ABSENT},
    {"type": None}, {"type": "refresh"}, {"type": "verification"}, {"type": "reset"}, {"type": "2fa_pre_auth"}, {"type": "ACCESS"},
    {"type": ["access"]}, {"exp": None}, {"exp": "9999999999"}, {"exp": 9999999999.5}, {"exp": True}, {"exp": 1e30}, {"exp": {}},
    {"iat": 9999999999}, {"nbf": 9999999999}, {"iat": "now"}, {"nbf": []}, {"aud": "us"}, {"aud": ["us"]}, {"jti": 7},
], ids=repr)
def test_wrong_claims_are_invalid(api, secret, claims, change):
    wrong = {name: value for name, value in {**claims, **change}.items() if value is not None}
    assert_error(api.get(ME, token=mint(secret, wrong)), 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize("payload", ["[]", "null", '"x"', "{", '{"sub":1,"sub":2}', "\ufeff{}", ""])
def test_a_payload_that_is_no_object_is_invalid(api, secret, payload):
    assert_error(api.get(ME, token=signed(secret, '{"alg":"HS256"}', payload)), 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize("expired", [1600000000, 0, -1])
def test_an_expired_token_says_when(api, stack, user, expired):
    token = stack.token(user, exp=expired, iat=None)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expired))
    assert_error(api.get(ME, token=token), 401, "AUTH_TOKEN_EXPIRED", expired_at=when)


def test_an_expired_token_with_a_wrong_signature_is_invalid(api, stack, user):
    assert_error(api.get(ME, token=stack.token(user, exp=1, secret="x" * 64)), 401, "AUTH_TOKEN_INVALID")


def test_a_token_whose_id_is_blacklisted_is_invalid(new_user, cache):
    user, other = new_user(claims={"jti": "revoked-one"}), new_user(claims={"jti": "revoked-two"})
    assert_ok(user.client.get(ME))
    cache.set("blacklist:jti:revoked-one", "1", ex=60)
    try:
        for method, body in (("GET", None), ("PATCH", {"first_name": "x"})):
            assert_error(user.client.request(method, ME, json=body), 401, "AUTH_TOKEN_INVALID")
        assert_ok(other.client.get(ME))
    finally:
        cache.delete("blacklist:jti:revoked-one")
    assert_ok(user.client.get(ME))


# --- tokens_valid_after ---

@pytest.mark.parametrize("token, accepted", [
    ({"iat": -601}, False), ({"iat": -600}, False), ({"iat": -599}, True), ({"iat": 0}, True),
    # Without iat: issued at exp less the longest lifetime (30 minutes) at the earliest.
    ({"iat": None, "exp": 900}, False), ({"iat": None, "exp": 1500}, True), ({"iat": None, "exp": 86400}, False),
])
def test_tokens_issued_at_or_before_the_mark_are_invalid(new_user, stack, token, accepted):
    now = int(time.time())
    user = new_user(tokens_valid_after=time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime(now - 600)))
    token = {"exp": 900, **token}
    client = stack.client(stack.token(user, **{name: value if value is None else now + value for name, value in token.items()}))
    for method, body in (("GET", None), ("PATCH", {"first_name": "x"})):
        response = client.request(method, ME, json=body)
        if accepted:
            assert_ok(response)
        else:
            assert_error(response, 401, "AUTH_TOKEN_INVALID")


def test_refused_tokens_are_counted_by_reason(api, operator, stack, user):
    before = {reason: total(operator, "auth_failures_total", reason=reason) for reason in ("missing", "signature", "expired")}
    api.get(ME)
    api.get(ME, token=stack.token(user, secret="x" * 64))
    api.get(ME, token=stack.token(user, exp=1))
    assert {reason: total(operator, "auth_failures_total", reason=reason) for reason in before} == \
        {reason: count + 1 for reason, count in before.items()}
