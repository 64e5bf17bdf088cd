"""The design system keeps its word: colours are tokens, themes are complete, words can be read, bundles hold their parts."""

import gzip
import math
import re
from collections.abc import Sequence
from itertools import combinations, product

import pytest

from portal.web import assets
from portal.web.assets import BUNDLES, STATIC, bundle, files

STYLES = sorted(path for path in (STATIC / "css").rglob("*.css"))
TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
Matrix = Sequence[Sequence[float]]
WASHES = ("good", "warn", "bad", "info", "violet", "teal")
#: text on what lies behind it; WCAG 2.2, 1.4.3
READABLE = [
    *product(("ink", "soft", "faint", "accent-text", *WASHES), ("paper", "card", "sunken", "hover", "field")),
    *((f"{name}-ink", f"{name}-wash") for name in WASHES), *((name, f"{name}-wash") for name in WASHES),
    ("accent-text", "accent-wash"), ("accent-ink", "accent"), ("accent-ink", "accent-hover"), ("ink", "raised"),
]  # fmt: skip


def theme(name: str) -> dict[str, str]:
    """The tokens of "light", "system" (dark by the system's wish) or "dark" (chosen)."""
    start = {"light": "\n:root {", "system": ':root:not([data-theme="light"]) {', "dark": ':root[data-theme="dark"] {'}[
        name
    ]
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", TOKENS.split(start, 1)[1].split("}", 1)[0]))


def luminance(colour: str) -> float:
    """Of `#rrggbb`, 0 to 1, as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_both_ways_into_the_dark_are_the_same() -> None:
    assert theme("system") == theme("dark")
    assert theme("dark").keys() == theme("light").keys()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_can_be_read(name: str) -> None:
    colours = theme(name)
    for text, ground in READABLE:
        found = contrast(colours[f"--{text}"], colours[f"--{ground}"])
        assert found >= 4.5, f"{name}: --{text} on --{ground} is {found:.2f}"


#: marks of how far a student got; all but the last are told apart by colour, that one by its shape
STATES = ("opened", "sent", "said", "linked", "confirmed", "failed", "returned", "excused")
#: what people see who lack one kind of cone, from linear RGB; Machado, Oliveira, Fernandes 2009, severity 1
SIGHTS = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
#: OKLab distance that no two colours of states come below, in any sight
APART = {"light": 0.09, "dark": 0.105}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_marks_of_states_can_be_seen_and_told_apart(name: str) -> None:
    colours = theme(name)
    for state in STATES:
        colour = colours[f"--state-{state}"]
        tint = mixed(colour, colours["--card"], 0.09)
        for ground in (*(colours[f"--{each}"] for each in ("paper", "card", "hover", "sunken", "accent-wash")), tint):
            assert contrast(colour, ground) >= 3, f"{name}: --state-{state} on {ground}"  # WCAG 2.2, 1.4.11
    for sight, matrix in SIGHTS.items():
        seen = {state: oklab(matrix, colours[f"--state-{state}"]) for state in STATES[:-1]}
        for one, other in combinations(seen, 2):
            apart = math.dist(seen[one], seen[other])
            assert apart >= APART[name], f"{name}, {sight}: {one} and {other} are {apart:.3f} apart"


def test_each_state_has_its_own_shape() -> None:
    shapes = {(STATIC / "states" / f"{state}.svg").read_text(encoding="utf-8") for state in STATES}
    assert len(shapes) == len(STATES)
    sheet = (STATIC / "css" / "components" / "state.css").read_text(encoding="utf-8")
    for state in STATES:
        assert f'.{state} {{\n  --state: var(--state-{state});\n  --shape: url("../states/{state}.svg");' in sheet


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, ground: str, share: float) -> str:
    """As `color-mix(in srgb, colour share, ground)`."""
    parts = (int(colour[i : i + 2], 16) * share + int(ground[i : i + 2], 16) * (1 - share) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def oklab(matrix: Matrix, colour: str) -> tuple[float, ...]:
    """Of a colour as a sight sees it; https://bottosson.github.io/posts/oklab/"""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    seen = [min(1, max(0, part)) for part in _times(matrix, linear)]
    cones = _times(
        (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        ),
        seen,
    )
    return tuple(
        _times(
            (
                (0.2104542553, 0.7936177850, -0.0040720468),
                (1.9779984951, -2.4285922050, 0.4505937099),
                (0.0259040371, 0.7827717662, -0.8086757660),
            ),
            [part ** (1 / 3) for part in cones],
        )
    )


def _times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(factor * part for factor, part in zip(row, vector, strict=True)) for row in matrix]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(STATIC)))
def test_stylesheet_takes_colours_from_the_tokens(path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    if path.name != "tokens.css":
        assert re.findall(r"(?<![\w-])#[0-9a-fA-F]{3,8}\b(?=[^{]*})|\b(?:rgba?|hsla?)\(", text) == []
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= set(re.findall(r"(--[\w-]+):", TOKENS + text))
    assert text.count("{") == text.count("}")
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600  # with a declaration a line: about 125 rules


@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_is_its_parts_in_order(name: str) -> None:
    content = files()[name].decode()
    assert content.startswith(":root {\n  --paper:")
    assert "/*" not in content
    assert bundle(BUNDLES[name]) == files()[name]
    ends = [content.index(".button,\nbutton {"), content.index(".card {")]
    assert ends == sorted(ends), "components come by name"


def test_bundle_of_instructors_has_every_component() -> None:
    content = files()["css/portal.css"].decode()
    for path in sorted((STATIC / "css" / "components").glob("*.css")):
        rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).strip()
        assert rules in content, path.name


def test_stylesheet_of_students_is_small_and_for_older_phones() -> None:
    content = files()["css/phone.css"].decode()
    assert len(gzip.compress(content.encode(), 9)) < 8_000
    for young in ("@layer", "color-mix(", "light-dark(", "@container", "@scope", "&"):
        assert young not in content


def test_static_file_is_compressed_for_who_takes_it(client) -> None:
    address = assets.asset("css/portal.css")
    plain = client.get(address, headers={"accept-encoding": "identity"})
    small = client.get(address, headers={"accept-encoding": "br, gzip"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert plain.text == small.text == files()["css/portal.css"].decode()
    assert int(small.headers["content-length"]) < len(plain.content) / 3
    assert plain.headers["vary"] == small.headers["vary"] == "Accept-Encoding"
    assert small.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in small.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["../pyproject.toml", "%2e%2e/pyproject.toml", "css/none.css", "css", "vendor/fonts/NotoSansSC-Regular.ttf"]
)
def test_static_route_sends_nothing_else(client, path: str) -> None:
    answer = client.get(assets.asset(path))
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert "cache-control" not in answer.headers or "immutable" not in answer.headers["cache-control"]
