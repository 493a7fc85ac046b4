"""What must never be in a log, looked for in every log that a stack of this session wrote, before its directory is removed.

A plugin for conftest.py: the run fails when something is found, whatever its tests said.
"""

import pathlib
import re
import urllib.parse

from stack import Stack, read_env

LOGS = ("service.log*", "access.log*", "nginx-error.log*")
SECRETS = ("JWT_SECRET_KEY", "JWT_SECRET_KEY_PREVIOUS", "PARTICIPATION_API_KEY", "MODERATION_API_KEY", "ACTIVITIES_API_KEY",
           "PAYMENT_API_KEY")
#: What tests search for and send as a password carries this, so that it is known wherever it comes out.
MARK = "needle"
DEMO_PASSWORD = "correct horse battery staple"
PATTERNS = {
    "a token": re.compile(r"\beyJ[A-Za-z0-9_-]{5,}"),
    "a password hash": re.compile(r"\$argon2(id|i|d)?\$|\$2[aby]\$\d\d\$"),
    "an e-mail address": re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"),
    "a password": re.compile(r"correct(?: |%20|\+)horse|" + MARK + r"-password", re.I),
    "a search term": re.compile(r"/users/search\?|[?&]q=|" + MARK + r"-term", re.I),
}


def findings(text, secrets=None):
    """(what, the line with the secret masked) of everything in a log's text that should not be there."""
    found = []
    # JSON may escape a slash or a letter of what is looked for.
    plain = text.replace("\\/", "/").replace("\\u0024", "$").replace("\\u0040", "@")
    for line in plain.splitlines():
        for what, pattern in PATTERNS.items():
            if pattern.search(line):
                found.append((what, mask(pattern.sub("***", line))))
        for name, value in (secrets or {}).items():
            if any(form in line for form in {value, urllib.parse.quote(value, safe="")}):
                found.append((f"the value of {name}", mask(line.replace(value, "***"))))
    return found


def mask(line):
    return line[:400]


def secrets_of(run_dir):
    """Those of the environment file; a value may list several keys."""
    environment = pathlib.Path(run_dir, "service.env")
    values = read_env(environment) if environment.exists() else {}
    listed = {f"{name}[{index}]": value.strip() for name in SECRETS if values.get(name)
              for index, value in enumerate(values[name].split(","))}
    password = urllib.parse.urlsplit(values.get("DATABASE_URL", "")).password
    if password:
        listed["the password in DATABASE_URL"] = password
    return {name: value for name, value in listed.items() if len(value) >= 8}


def scan(run_dir):
    """{log file: findings} of a run directory; and how many lines were read."""
    secrets, found, lines = secrets_of(run_dir), {}, 0
    for path in sorted(file for pattern in LOGS for file in pathlib.Path(run_dir, "log").glob(pattern)):
        text = path.read_text(errors="replace")
        lines += text.count("\n")
        if bad := findings(text, secrets):
            found[str(path.name)] = bad
    return found, lines


class Watch:
    """Scans each stack when it is taken down."""

    def __init__(self):
        self.found = []
        self.lines = 0

    def look(self, stack):
        found, lines = scan(stack.run_dir)
        self.lines += lines
        self.found += [f"{stack.run_dir.name}/{log}: {what}: {line}" for log, bad in found.items() for what, line in bad]


def pytest_configure(config):
    watch = config.log_watch = Watch()
    remove = Stack.remove

    def scan_and_remove(stack):
        try:
            # The service and nginx first: what they still hold back is written when they leave.
            stack.script("down", check=False)
            watch.look(stack)
        finally:
            remove(stack)

    Stack.remove = scan_and_remove
    config.add_cleanup(lambda: setattr(Stack, "remove", remove))


def pytest_sessionfinish(session):
    if session.config.log_watch.found:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    watch = config.log_watch
    if watch.found:
        terminalreporter.section("what must not be in a log")
        for line in dict.fromkeys(watch.found[:200]):
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"{len(watch.found)} findings in {watch.lines} lines of logs")
