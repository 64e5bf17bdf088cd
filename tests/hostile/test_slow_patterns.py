"""Regular expressions take time in step with what they read: a texts' worst case is tried on each of them as it is used."""

import ast
import importlib
import re
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations, islice
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]  # what patterns are made of stands nowhere else
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from courses.students.separated import read_separated
from portal.lessons.published_text import published
from portal.platforms.topics import joined

ROOT = Path(__file__).parents[2]
METHODS = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")
#: of a text that is tried, and of the one that shows whether it is worse than in step
LENGTH, LONGER = 1_500, 4
#: seconds that the shorter one may take at any rate
QUICK = 0.003
SUFFIXES = ("", "\0", "!", " ", "\n\0")
SAMPLES = "a1 .-_/#@\n\t:;,'\"<>&=?%中A0" + "".join(map(chr, range(33, 127)))


def used() -> Iterator[tuple[str, re.Pattern[Any], str]]:
    """Each pattern of the product with its place, once for each method that is called of it."""
    files = [path for top in ("courses", "portal", "print") for path in sorted((ROOT / top).rglob("*.py"))]
    sources = {path: path.read_text(encoding="utf-8") for path in files if "piccolo_migrations" not in path.parts}
    called: dict[str, set[str]] = defaultdict(set)
    for name, method in re.findall(rf"\b(\w+)\.({'|'.join(METHODS)})\b", "\n".join(sources.values())):
        called[name].add(method)
    for path, source in sources.items():
        if "import re\n" not in source or path.stem == "__main__":
            continue
        module = importlib.import_module(
            ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        )
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"{name} = " in source:
                for method in sorted(called[name] or {"match", "fullmatch"}):
                    yield f"{path.relative_to(ROOT)} {name}.{method}", value, method
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{method}" for method in METHODS}:
                (given, *_), method = node.args, ast.unparse(node.func)[3:]
                if isinstance(given, ast.Constant):
                    flags = re.MULTILINE if "re.MULTILINE" in ast.unparse(node) else 0
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", re.compile(given.value, flags), method


def text_of(tree: Any) -> str:
    """What matches, with each repetition once."""
    text = ""
    for code, value in tree:
        match code:
            case codes.LITERAL:
                text += chr(value)
            case codes.NOT_LITERAL | codes.ANY:
                text += "a"
            case codes.IN:
                text += next((one for one in SAMPLES if holds(value, one)), "") or chr(first(value))
            case codes.BRANCH:
                text += text_of(value[1][0])
            case codes.SUBPATTERN:
                text += text_of(value[3])
            case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
                text += text_of(value[2]) * max(value[0], 1)
    return text


def holds(members: Any, one: str) -> bool:
    """Whether a class has a character; categories by their usual meaning."""
    number, found = ord(one), False
    for code, value in members:
        if code in (codes.LITERAL, codes.RANGE):
            low, high = (value, value) if code is codes.LITERAL else value
            found |= low <= number <= high
        elif code is codes.CATEGORY:
            kind = str(value).removeprefix("CATEGORY_")
            tests = {"DIGIT": one.isdigit(), "SPACE": one.isspace(), "WORD": one.isalnum() or one == "_"}
            found |= tests[kind.removeprefix("NOT_").removeprefix("UNI_")] != kind.startswith("NOT_")
    return found != any(code is codes.NEGATE for code, _ in members)


def first(members: Any) -> int:
    """A character of a class of others than those of SAMPLES."""
    return next(
        (value if code is codes.LITERAL else value[0] for code, value in members if code is not codes.NEGATE), 97
    )


def repeated(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """For each long repetition in a pattern what comes before it, and what it repeats."""
    for code, value in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            if value[1] >= 64:
                yield before, text_of(value[2])
            yield from repeated(value[2], before)
        elif code is codes.SUBPATTERN:
            yield from repeated(value[3], before)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from repeated(branch, before)
        before += text_of([(code, value)])


def worst_texts(pattern: re.Pattern[Any], length: int) -> Iterator[Any]:
    """Long ones that a pattern may read again and again; the same ones in the same order for each length."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pieces = list(dict.fromkeys(repeated(parser.parse(source, pattern.flags & re.VERBOSE))))
    pieces += [("", one + other) for (_, one), (_, other) in islice(combinations(pieces, 2), 6)]
    for before, piece in pieces:
        for suffix in SUFFIXES if piece else ():
            text = before + piece * (length // len(piece)) + suffix
            yield text if isinstance(pattern.pattern, str) else text.encode()


def seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    result = call()
    if isinstance(result, Iterator):
        list(result)
    return time.process_time() - began


def test_no_pattern_takes_more_than_its_share_for_a_longer_text() -> None:
    slow, tried = [], 0
    for place, pattern, method in used():
        tried += 1
        call = {"sub": lambda text, of=pattern: of.sub(type(text)(), text)}.get(method, getattr(pattern, method))
        pairs = zip(worst_texts(pattern, LENGTH), worst_texts(pattern, LENGTH * LONGER), strict=True)
        for short, long in pairs:
            once = seconds(lambda call=call, text=short: call(text))
            if once > QUICK and (ratio := seconds(lambda call=call, text=long: call(text)) / once) > 2 * LONGER:
                slow.append(f"{place} {pattern.pattern!r}: {ratio:.0f} times as long for {short[:12]!r}…{short[-3:]!r}")
                break
    assert tried > 150
    assert not slow, "\n".join(slow)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_separated, lambda length: "{}!,x\n".format("1" * length)),
        (read_separated, lambda length: "a\tb,c\n{}x,y\n".format("\t" * length)),
        (joined, lambda length: " # aaa" * (length // 6) + "\n\0"),
        (published, lambda length: "```\na{}b\n```".format(" " * length)),
    ],
    ids=["digits", "tabs", "topics", "spaces"],
)
def test_readers_take_no_more_than_their_share_for_a_longer_text(
    read: Callable[[str], object], text: Callable[[int], str]
) -> None:
    once = max(seconds(lambda: read(text(4_000))), QUICK)
    assert seconds(lambda: read(text(4_000 * LONGER))) < 3 * LONGER * once
