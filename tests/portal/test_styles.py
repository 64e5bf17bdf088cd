"""The design system keeps its word: colours are tokens, themes are complete, words can be read, bundles hold their parts."""

import gzip
import re
from itertools import product

import pytest

from portal.web import assets
from portal.web.assets import BUNDLES, STATIC, bundle, files

STYLES = sorted(path for path in (STATIC / "css").rglob("*.css"))
TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
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
        pair = sorted((luminance(colours[f"--{text}"]), luminance(colours[f"--{ground}"])))
        contrast = (pair[1] + 0.05) / (pair[0] + 0.05)
        assert contrast >= 4.5, f"{name}: --{text} on --{ground} is {contrast:.2f}"


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
