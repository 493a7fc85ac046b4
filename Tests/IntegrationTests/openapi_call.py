"""A request of an operation of openapi.yaml, made from the document, and its answer compared with the document."""

import json
import re
import urllib.parse
import uuid

import pytest

import openapi
from openapi import OPERATIONS
from stack import Client

SERVICES = {"verify": "participation", "noShow": "moderation", "activityCounters": "activities", "updateSubscription": "payment"}
ADMIN = {"grantCaptain", "revokeCaptain", "ban", "unban", "updateOwnSubscription"}
MODERATOR = {"photoQueue", "moderatePhoto"}
PHOTO = "https://cdn.example.com/photos/alice/harbour.jpg"
QUERIES = {"search": {"q": "user_"}}
# Headers that mean something to clients of this API; one that is sent must be in the document.
OWN_HEADERS = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "Content-Disposition",
               "Idempotent-Replayed", "Allow", "Cache-Control", "X-Trace-ID")

PREMIUM = {"subscription_level": "premium", "subscription_expires_at": "2099-01-01T00:00:00Z"}


class Call:
    """One request of an operation, good unless it is changed: caller, path parameters, body and headers as the document asks."""

    def __init__(self, operation, stack, owner, new_user, **columns):
        self.operation, self.stack, self.owner, self.new_user = operation, stack, owner, new_user
        self.caller = new_user(**{**self.needed(), **columns})
        self.other = new_user(**({"main_photo_url": PHOTO} if operation.id == "moderatePhoto" else {}))
        self.path = {"user_id": self.other.user_id, "tag": "Board%20games"}
        self.query = dict(QUERIES.get(operation.id, {}))
        self.body = json.loads(json.dumps(operation.body["example"])) if operation.body else None
        self.headers = {}
        self.token = self.caller.token
        if operation.id in SERVICES:
            self.token = None
            self.headers["X-Service-API-Key"] = stack.env[f"{SERVICES[operation.id].upper()}_API_KEY"]
        if operation.id == "updateUsername":
            self.body["new_username"] = f"u_{uuid.uuid4().hex[:12]}"
        if operation.id == "moderatePhoto":
            self.body["photo_url"] = PHOTO

    def needed(self):
        """Columns without which the caller could not make the call."""
        name = self.operation.id
        if name in ADMIN:
            return {"roles": ["admin"]}
        if name in MODERATOR:
            return {"roles": ["moderator"]}
        if name == "profileViews":
            return PREMIUM
        if name == "removePhoto":
            return {"profile_photos_extra": [PHOTO]}
        if name == "deleteAccount":
            # A demo user's, whose password is the example's.
            query = "select password_hash from activity.users where user_id = %s"
            return {"password_hash": self.owner.execute(query, [self.stack.env["USER_BOB"]]).fetchone()[0]}
        return {}

    def send(self, method=None, **options):
        """`method` asks something else of the same path; the body then stays here."""
        path = re.sub(r"\{(\w+)\}", lambda match: str(self.path[match[1]]), self.operation.path)
        if self.query:
            path += "?" + urllib.parse.urlencode(self.query)
        client = Client(self.stack.env["BASE_URL"], self.stack.env["CA_CERT"], self.token)
        headers = {**self.headers, **options.pop("headers", {})}
        if method is None and self.body is not None and "body" not in options:
            options["json"] = self.body
        return client.request(method or self.operation.method, path, headers=headers, **options)


def assert_documented(operation, response, status):
    """The answer has this status, and body and headers as the document says for it. Returns the body."""
    assert response.status == status, (response.status, response.body[:500])
    assert status in operation.statuses, f"{operation} does not name {status}"
    described = operation.response(status)
    document = None
    if status == 304:
        assert response.body == b""
    else:
        assert response.header("Content-Type") == "application/json"
        document = response.json
        assert openapi.errors(openapi.strict(described["content"]["application/json"]["schema"]), document) == []
    for name, header in described["headers"].items():
        value = response.header(name)
        if value is None:
            assert not header.get("required"), f"{name} is missing"
            continue
        value = int(value) if header["schema"].get("type") == "integer" else value
        assert openapi.errors(header["schema"], value) == [], name
    undescribed = {name for name in OWN_HEADERS if response.header(name)} - set(described["headers"])
    assert undescribed == set()
    return document


def assert_refused(operation, response, status, code):
    """The same of an error with this code. Returns the `error` object."""
    document = assert_documented(operation, response, status)
    assert document["error"]["code"] == code, document
    return document["error"]


def operations(condition):
    """Runs a test for each operation of which the condition holds."""
    return pytest.mark.parametrize("operation", [one for one in OPERATIONS.values() if condition(one)], ids=str)
