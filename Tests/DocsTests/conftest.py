"""The document's tests read it with the helper of the integration tests, and validate it with a tool that Debian 12 has not."""

import pathlib
import shutil
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "IntegrationTests"))

VALIDATOR = "openapi-spec-validator==0.9.0"


@pytest.fixture(scope="session")
def validator():
    """The path of openapi-spec-validator, fetched from PyPI once into an environment of its own under .build/."""
    home = TESTS.parent / ".build" / VALIDATOR
    program = home / "bin/openapi-spec-validator"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", VALIDATOR],
                       check=True)
        (home / "complete").touch()
    return program
