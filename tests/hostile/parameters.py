"""The names that each route reads out of addresses, forms and JSON, taken from the code itself."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType
from typing import Any, get_args

import msgspec
from litestar.handlers import HTTPRouteHandler

_NAME = re.compile(r"[a-z][a-z_-]{0,24}")
#: of what a function takes that may hold a request's values
_READS = ("Form", "Mapping[str", "MultiDict", "Request[", "dict[str, str", "dict[str, list")
#: calls whose texts are no names of parameters
_SAYS = {
    "Template",
    "Redirect",
    "Message",
    "_",
    "say",
    "course_of",
    "get",
    "post",
    "getLogger",
    "startswith",
    "endswith",
}
_DEPTH = 5


@cache
def names_read(handler: HTTPRouteHandler) -> tuple[str, ...]:
    """What a handler, and the functions of ours that it hands its request to, ask for by name; a few more at most."""
    reached: list[Callable[..., Any]] = []
    _reach(_function(handler), reached, _DEPTH)
    first = reached[0] if reached else None
    found = {
        name
        for function in reached
        if function is first or any(part in str(kind.annotation) for kind in _parameters(function) for part in _READS)
        for name in _named(function)
    }
    return tuple(sorted(found | set(inspect.signature(_function(handler)).parameters)))


def fields_of(handler: HTTPRouteHandler) -> tuple[str, ...]:
    """The fields of the struct that a handler takes as JSON, or of each in a list of them."""
    field = handler.parsed_data_field
    kinds = () if field is None else (field.annotation, *get_args(field.annotation))
    structs = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    return tuple(each.encode_name for struct in structs for each in msgspec.structs.fields(struct))


def takes_query(handler: HTTPRouteHandler) -> bool:
    """Whether a handler, or a function of ours that it hands its request to, reads what stands behind the `?`."""
    reached: list[Callable[..., Any]] = []
    _reach(_function(handler), reached, _DEPTH)
    return any("query_params" in function.__code__.co_names for function in reached) or any(
        "Query" in str(kind.annotation) for kind in _parameters(_function(handler))
    )


def _function(handler: HTTPRouteHandler) -> Callable[..., Any]:
    return inspect.unwrap(handler.fn)


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())


def _reach(function: Callable[..., Any], reached: list[Callable[..., Any]], depth: int) -> None:
    if function in reached or not depth or not function.__module__.startswith("portal."):
        return
    reached.append(function)
    for name in _globals_of(function.__code__):
        called = inspect.unwrap(function.__globals__.get(name))  # type: ignore[arg-type]
        if inspect.isfunction(called):
            _reach(called, reached, depth - 1)


def _globals_of(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals_of(constant)


def _named(function: Callable[..., Any]) -> Iterator[str]:
    """Texts that are handed to a call, an index or a test, and those of constants that it goes through."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        texts: list[ast.expr] = []
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = node.args if called not in _SAYS or isinstance(node.func, ast.Attribute) else []
        elif isinstance(node, ast.Subscript):
            texts = [node.slice]
        elif isinstance(node, ast.Compare):
            texts = [node.left]
        elif isinstance(node, (ast.Tuple, ast.Set, ast.List)):
            texts = node.elts
        elif isinstance(node, ast.Name) and isinstance(given := function.__globals__.get(node.id), (tuple, frozenset)):
            yield from (text for text in given if isinstance(text, str) and _NAME.fullmatch(text))
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and _NAME.fullmatch(text.value):
                yield text.value
