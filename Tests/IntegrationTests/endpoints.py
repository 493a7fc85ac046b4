"""The contract's 31 endpoints as one table: who may call each, and one good request of it."""

from dataclasses import dataclass, field

from stack import make_user

USERS = "/api/v1/users"
ADMIN_USERS = "/api/v1/admin/users"
PHOTO = "https://cdn.example.com/photos/one.jpg"
OTHER_PHOTO = "https://cdn.example.com/photos/two.jpg"
PREMIUM = {"subscription_level": "premium", "subscription_expires_at": "2099-01-01T00:00:00Z"}
CLUB = {**PREMIUM, "subscription_level": "club"}
UNKNOWN = "01900000-0000-7000-8000-0000000fffff"
SERVICES = ("participation", "moderation", "activities", "payment")
# Every demo user's.
PASSWORD = "correct horse battery staple"
CONFIRMATION = "DELETE MY ACCOUNT"


@dataclass(frozen=True)
class Endpoint:
    """`may` is user, premium, moderator, admin, admin or payment, or the name of a service."""
    number: int
    method: str
    path: str
    may: str = "user"
    body: dict | None = None
    caller: dict = field(default_factory=dict, hash=False)
    other: dict = field(default_factory=dict, hash=False)

    def __str__(self):
        return f"{self.number} {self.method} {self.path}"

    def send(self, client, other, **options):
        if self.body is not None and "body" not in options:
            options.setdefault("json", self.body)
        return client.request(self.method, self.path.replace("{user_id}", str(other)), **options)

    @property
    def service(self):
        return self.may if self.may in SERVICES else None


ENDPOINTS = [
    Endpoint(1, "GET", f"{USERS}/me"),
    Endpoint(2, "GET", f"{USERS}/{{user_id}}"),
    Endpoint(3, "PATCH", f"{USERS}/me", body={"first_name": "Ada"}),
    Endpoint(4, "PATCH", f"{USERS}/me/username", body={"new_username": "set_by_the_test"}),
    Endpoint(5, "DELETE", f"{USERS}/me", body={"password": PASSWORD, "confirmation": CONFIRMATION}),
    Endpoint(6, "POST", f"{USERS}/me/photos/main", body={"photo_url": PHOTO}),
    Endpoint(7, "POST", f"{USERS}/me/photos", body={"photo_url": OTHER_PHOTO}),
    Endpoint(8, "DELETE", f"{USERS}/me/photos", body={"photo_url": PHOTO}, caller={"profile_photos_extra": [PHOTO]}),
    Endpoint(9, "GET", f"{USERS}/me/interests"),
    Endpoint(10, "PUT", f"{USERS}/me/interests", body={"interests": [{"tag": "chess"}]}),
    Endpoint(11, "POST", f"{USERS}/me/interests", body={"tag": "go"}),
    Endpoint(12, "DELETE", f"{USERS}/me/interests/chess"),
    Endpoint(13, "GET", f"{USERS}/me/settings"),
    Endpoint(14, "PATCH", f"{USERS}/me/settings", body={"language": "nl"}),
    Endpoint(15, "GET", f"{USERS}/me/subscription"),
    Endpoint(16, "POST", f"{USERS}/me/subscription", "admin or payment", body=PREMIUM),
    Endpoint(17, "POST", f"{USERS}/{{user_id}}/captain", "admin", body={"is_captain": True}),
    Endpoint(18, "DELETE", f"{USERS}/{{user_id}}/captain", "admin"),
    Endpoint(19, "GET", f"{USERS}/me/verification"),
    Endpoint(20, "POST", f"{USERS}/{{user_id}}/verify", "participation"),
    Endpoint(21, "POST", f"{USERS}/{{user_id}}/no-show", "moderation"),
    Endpoint(22, "POST", f"{USERS}/{{user_id}}/activity-counters", "activities", body={"created_delta": 1, "attended_delta": 2}),
    Endpoint(23, "GET", f"{USERS}/search?q=user_"),
    Endpoint(24, "POST", f"{USERS}/me/heartbeat"),
    Endpoint(25, "GET", f"{ADMIN_USERS}/photo-moderation", "moderator"),
    Endpoint(26, "POST", f"{ADMIN_USERS}/{{user_id}}/photo-moderation", "moderator", body={"status": "approved"},
             other={"main_photo_url": PHOTO}),
    Endpoint(27, "POST", f"{ADMIN_USERS}/{{user_id}}/ban", "admin", body={"reason": "spam"}),
    Endpoint(28, "DELETE", f"{ADMIN_USERS}/{{user_id}}/ban", "admin"),
    Endpoint(29, "GET", f"{USERS}/me/export"),
    Endpoint(30, "GET", f"{USERS}/me/profile-views", "premium"),
    Endpoint(31, "POST", f"{USERS}/{{user_id}}/subscription", "payment", body=PREMIUM),
]
ENDPOINT = {endpoint.number: endpoint for endpoint in ENDPOINTS}
FOR_USERS = [endpoint for endpoint in ENDPOINTS if not endpoint.service]
FOR_SERVICES = [endpoint for endpoint in ENDPOINTS if endpoint.service]
ON_SOMEBODY = [endpoint for endpoint in ENDPOINTS if "{user_id}" in endpoint.path]


def keys(stack, service):
    return {"X-Service-API-Key": stack.env[f"{service.upper()}_API_KEY"]}


def password_hash(stack, owner):
    """A demo user's, whose password is PASSWORD."""
    return owner.execute("select password_hash from activity.users where user_id = %s", [stack.env["USER_BOB"]]).fetchone()[0]


def caller_for(endpoint, stack, owner, **columns):
    """A user who may call it, if a user may."""
    needed = {"admin": {"roles": ["admin"]}, "admin or payment": {"roles": ["admin"]}, "moderator": {"roles": ["moderator"]},
              "premium": PREMIUM}.get(endpoint.may, {})
    if endpoint.number == 5:
        needed = {"password_hash": password_hash(stack, owner)}
    return make_user(stack, owner, **{**needed, **endpoint.caller, **columns})


def one(owner, query, *values):
    return owner.execute(query, list(values)).fetchone()


def stored(owner, user, *columns):
    """Columns of the user's row: one value, or a tuple."""
    row = owner.execute(f"select {', '.join(columns)} from activity.users where user_id = %s", [str(user)]).fetchone()
    return row[0] if len(columns) == 1 else row


def outbox(owner, user):
    """What waits for the relay about a user, by transaction, mail first: (channel, topic, payload)."""
    return owner.execute("select channel, topic, payload from activity.outbox where user_id = %s order by created_at, channel desc, topic",
                         [str(user)]).fetchall()


def audit(owner, user):
    """What the audit log says about a user: (actor, action, details)."""
    return owner.execute("select actor, action, details from activity.audit_log where user_id = %s order by entry_id",
                         [str(user)]).fetchall()
