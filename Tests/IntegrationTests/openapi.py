"""nginx/docs/openapi.yaml as tests read it: its operations, and its schemas with every reference resolved."""

import datetime
import pathlib
import re
import urllib.parse
from dataclasses import dataclass

import jsonschema
import yaml

FILE = pathlib.Path(__file__).resolve().parents[2] / "nginx/docs/openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch")
# As the service writes them: UTC, whole seconds, no other form.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

formats = jsonschema.FormatChecker(formats=("uuid", "email"))


@formats.checks("date-time", raises=ValueError)
def is_time(value):
    return not isinstance(value, str) or bool(TIME.fullmatch(value) and datetime.datetime.fromisoformat(value))


@formats.checks("date", raises=ValueError)
def is_date(value):
    return not isinstance(value, str) or bool(datetime.date.fromisoformat(value))


@formats.checks("uri", raises=ValueError)
def is_uri(value):
    return not isinstance(value, str) or bool((parts := urllib.parse.urlsplit(value)).scheme and parts.netloc)


class Loader(yaml.SafeLoader):
    """Refuses a key given twice, which PyYAML lets pass with the first value lost."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"given twice: {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


def load():
    return yaml.load(FILE.read_text(), Loader)


DOCUMENT = load()


def target(reference):
    value = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        value = value[name.replace("~1", "/").replace("~0", "~")]
    return value


def resolved(value):
    """The value with what each $ref names in its place; members beside a $ref hold too, as JSON Schema 2020-12 says."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    rest = {name: resolved(item) for name, item in value.items() if name != "$ref"}
    if "$ref" not in value:
        return rest
    other = resolved(target(value["$ref"]))
    return {**rest, "allOf": [other]} if rest else other


def strict(schema):
    """The schema of an answer without room to grow: clients must bear new members, but a test must see them."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tightened = {name: strict(item) for name, item in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        tightened["additionalProperties"] = False
    return tightened


def errors(schema, value):
    """What is wrong with a value, in words; empty when nothing is."""
    found = jsonschema.Draft202012Validator(schema, format_checker=formats).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    definition: dict

    def __str__(self):
        return self.id

    @property
    def limit(self):
        return self.definition.get("x-rate-limit")

    @property
    def security(self):
        return self.definition.get("security", DOCUMENT["security"])

    @property
    def parameters(self):
        """By name."""
        own = resolved(DOCUMENT["paths"][self.path].get("parameters", []) + self.definition.get("parameters", []))
        return {parameter["name"]: parameter for parameter in own}

    @property
    def body(self):
        """Schema and example of the request body; None without one."""
        return resolved(self.definition["requestBody"])["content"]["application/json"] if "requestBody" in self.definition else None

    @property
    def statuses(self):
        """Those it names itself, without `default`."""
        return [int(status) for status in self.definition["responses"] if status != "default"]

    def response(self, status):
        """What the document says of an answer with this status."""
        responses = self.definition["responses"]
        return resolved(responses.get(str(status), responses["default"]))


OPERATIONS = {
    definition["operationId"]: Operation(definition["operationId"], method.upper(), path, definition)
    for path, item in DOCUMENT["paths"].items() for method, definition in item.items() if method in METHODS
}


def codes(schema):
    """The error codes that a response's schema lets through, found by trying each; empty when it is no error."""
    every = DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"]
    return {code for code in every if not errors(schema, {"error": {"code": code, "message": "", "details": {}}})}
