"""The files under systemd/ against each other and against the configuration they are for. scripts/lint lets systemd itself read them."""

import os
import pathlib
import re
import secrets
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEMD = ROOT / "systemd"
CONFIGURATION = (ROOT / "Sources/UserProfileAPI/Configuration/ConfigurationReader.swift").read_text()
SERVICES = {f"{name}_API_KEY" for name in ("PARTICIPATION", "MODERATION", "ACTIVITIES", "PAYMENT")}


def settings(name):
    """[(setting, value)] of a unit; a setting may come more than once."""
    lines = (SYSTEMD / name).read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if re.match(r"[A-Z]\w*=", line)]


def setting(unit, name):
    found = [value for key, value in settings(unit) if key == name]
    assert len(found) == 1, (unit, name, found)
    return found[0]


def credentials():
    """{name: path} of what the service loads."""
    return dict(value.split(":", 1) for key, value in settings("userprofile-api.service") if key == "LoadCredential")


def environment():
    return dict(value.split("=", 1) for key, value in settings("userprofile-api.service") if key == "Environment")


def example():
    """(names that are set, names that stand in comments)"""
    text = (SYSTEMD / "service.env.example").read_text()
    return dict(re.findall(r"^([A-Z]\w*)=(.*)$", text, re.M)), set(re.findall(r"^#([A-Z]\w*)=", text, re.M))


def read_variables(*readers):
    return set(re.findall(rf'\b(?:{"|".join(readers)})\("([A-Z]\w+)"', CONFIGURATION))


@pytest.fixture
def binary():
    return os.environ.get("UPA_BIN", str(ROOT / ".build/release/userprofile-api"))


def test_the_example_names_every_variable_that_is_no_secret():
    given, commented = example()
    read = read_variables("value", "required", "integer", "flag", "choice")
    assert len(read) > 30
    assert read - set(given) - commented == set()


def test_no_secret_stands_in_the_example():
    given, commented = example()
    assert (set(given) | commented) & (read_variables("secret") | SERVICES) == set()


def test_every_secret_without_which_the_service_is_not_whole_is_a_credential():
    optional = {"JWT_SECRET_KEY_PREVIOUS", "AUTH_API_TOKEN"}
    assert set(credentials()) == (read_variables("secret") | SERVICES) - optional
    for name, path in credentials().items():
        assert path == f"/etc/userprofile-api/credentials/{name}"
        assert environment()[f"{name}_FILE"] == f"%d/{name}"


def test_the_example_with_credentials_is_a_configuration_for_production(binary, tmp_path):
    special = {"DATABASE_URL": "postgresql://userprofile_api@db/userprofile", "REDIS_URL": "redis://cache"}
    for name in credentials():
        (tmp_path / name).write_text(special.get(name, secrets.token_hex(32)) + "\n")
    variables = {name: value.replace("%d", str(tmp_path)) for name, value in environment().items()}
    done = subprocess.run([binary, "config", "check", "--env-file", SYSTEMD / "service.env.example"],
                          env=variables, text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (0, "configuration is valid\n"), done.stderr


def test_units_and_example_name_the_same_files():
    given, _ = example()
    assert setting("userprofile-api.socket", "ListenStream") == given["FCGI_SOCKET"]
    assert setting("userprofile-api.service", "ExecReload").endswith(f"--pid-file {given['UPA_PID_FILE']}")
    # The directory goes with the service, the socket in the one above must not.
    directory = pathlib.Path("/run", setting("userprofile-api.service", "RuntimeDirectory"))
    assert pathlib.Path(given["UPA_PID_FILE"]).parent == directory
    assert pathlib.Path(given["FCGI_SOCKET"]).parent == directory.parent


def test_systemd_waits_longer_than_a_reload_does():
    reload = (ROOT / "Sources/userprofile-api/ReloadCommand.swift").read_text()
    assert int(setting("userprofile-api.service", "TimeoutStartSec")) > int(re.search(r"var timeout = (\d+)", reload)[1])
