"""Reading what a program sends: every unknown, missing or wrong field is named; nothing is guessed or dropped."""

import re
from itertools import islice
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException, HTTPException, SerializationException
from msgspec import Struct

from courses.errors import Invalid, Message

_EXPECTED = re.compile("Expected `(?P<expected>[^`]+)`, got `(?P<given>[^`]+)`")
#: fields that are not known, as many as are named
UNKNOWN_TOLD = 100
#: Python's words for JSON's types
_WORDS = {"str": "string", "int": "integer", "bool": "boolean", "float": "number"}


async def check_body(request: Request[Any, Any, Any]) -> None:
    """Before a handler that takes a struct: is the body one? Raises ClientException, HTTPException (415), Invalid."""
    field = request.route_handler.parsed_data_field
    if field is None or not field.is_subclass_of(Struct):
        return
    if request.content_type[0] != RequestEncodingType.JSON:
        raise HTTPException(status_code=415)
    require(await read_json(request), field.annotation)


async def read_json(request: Request[Any, Any, Any]) -> Any:
    """The body as plain values. Raises ClientException."""
    if not await request.body():
        raise ClientException
    try:
        return await request.json()
    # Bytes that are not UTF-8, and arrays a thousand deep.
    except (SerializationException, UnicodeDecodeError, RecursionError) as error:
        raise ClientException from error


def require(value: Any, kind: type[Struct]) -> None:
    """Raises Invalid with every problem that keeps a JSON value from being this struct."""
    if not isinstance(value, dict):
        raise Invalid({"body": Message("Send a JSON object.")})
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    unknown = islice((name for name in value if name not in known), UNKNOWN_TOLD)
    problems = {name: Message("There is no such field here.") for name in unknown}
    for name, field in known.items():
        if name in value:
            problem = _problem(value[name], field.type)
        else:
            problem = Message("This field is needed.") if field.required else None
        if problem:
            problems[name] = problem
    if problems:
        raise Invalid(problems)


def _problem(value: Any, kind: Any) -> Message | None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        types = _EXPECTED.search(str(error))
        if types is None:
            return Message("This value cannot be read.")
        return Message(
            "Expected {expected}, got {given}.", **{key: _words(text) for key, text in types.groupdict().items()}
        )
    if _holds_nul(value):  # PostgreSQL keeps no such text
        return Message("There is a character that cannot be shown.")
    return None


def _words(types: str) -> str:
    return " | ".join(_WORDS.get(word, word) for word in types.split(" | "))


def _holds_nul(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_nul(item) for item in value)
    return isinstance(value, str) and "\0" in value
