"""Languages: every text that a person reads has its Chinese, with the same placeholders."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from courses.errors import Message
from portal.catalogues import LOCALES
from portal.i18n import gettext, language, negotiate, ngettext, say, use_language

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "Message": None}
JINJA = {
    "extensions": "",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)\}(?!\})")
FILES = sorted((LOCALES / "zh" / "LC_MESSAGES").glob("*.po"))

Text = str | tuple[str, ...]


@cache
def texts() -> dict[Text, str]:
    """Every text in templates and Python with one place where it stands; a plural is a pair."""
    found: dict[Text, str] = {}
    for path in sorted(
        [*(ROOT / "templates").rglob("*.html"), *(ROOT / "portal").rglob("*.py"), *(ROOT / "courses").rglob("*.py")]
    ):
        if "piccolo_migrations" in path.parts:
            continue
        method, options = ("jinja2", JINJA) if path.suffix == ".html" else ("python", {})
        for line, text, _, _ in extract_from_file(method, path, keywords=KEYWORDS, options=options):
            if text:
                found.setdefault(text, f"{path.relative_to(ROOT)}:{line}")
    return found


@cache
def catalogues() -> dict[str, Catalog]:
    """The .po files by name."""
    read = {}
    for path in FILES:
        with path.open("rb") as file:
            read[path.name] = read_po(file, locale="zh")
    return read


def chinese(text: Text) -> list[str]:
    """The translations of a text, over all files and plural forms, without fuzzy and empty ones."""
    found = []
    for catalogue in catalogues().values():
        entry = catalogue.get(text if isinstance(text, str) else text[0])
        if entry is not None and not entry.fuzzy and isinstance(entry.id, str) == isinstance(text, str):
            found += [entry.string] if isinstance(entry.string, str) else list(entry.string)
    return [translation for translation in found if translation.strip()]


def placeholders(text: str) -> set[str]:
    return {match[1] or match[2] for match in PLACEHOLDER.finditer(text)}


def test_extraction_finds_texts_of_every_kind() -> None:
    found = texts()
    assert "Skip to content" in found  # a template's _()
    assert "Please correct the marked fields." in found  # a Message of the domain
    assert "You are signed out." in found  # Python's _()
    assert ("%(num)s student", "%(num)s students") in found  # a template's ngettext()
    assert any("{% trans" in (ROOT / place.split(":")[0]).read_text() for place in found.values())


def test_every_text_has_its_chinese() -> None:
    missing = [f"{place}: {text!r}" for text, place in texts().items() if not chinese(text)]
    assert not missing, f"{len(missing)} texts have no Chinese in portal/locales/zh:\n" + "\n".join(missing)


def test_translations_have_the_placeholders_of_their_text() -> None:
    wrong = []
    for text in texts():
        wanted = placeholders(text if isinstance(text, str) else text[-1])
        wrong += [f"{text!r} → {zh!r}" for zh in chinese(text) if placeholders(zh) != wanted]
    assert not wrong, "\n".join(wrong)


def test_no_text_is_translated_in_two_ways() -> None:
    """Two files that disagree: the one whose name sorts last would win."""
    twice = [f"{text!r}: {' | '.join(sorted(set(chinese(text))))}" for text in texts() if len(set(chinese(text))) > 1]
    assert not twice, "\n".join(twice)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_catalogue_can_be_read_and_is_chinese(path: Path) -> None:
    entries = [entry for entry in catalogues()[path.name] if entry.id]
    assert entries
    for entry in entries:
        assert not entry.fuzzy, entry.id
    with_chinese = [entry for entry in entries if re.search("[\u4e00-\u9fff]", str(entry.string))]
    assert len(with_chinese) > 0.9 * len(entries)


@pytest.fixture
def in_chinese() -> None:
    use_language("zh")
    yield
    use_language("en")


@pytest.mark.usefixtures("in_chinese")
def test_texts_are_said_in_the_language_of_the_request() -> None:
    assert language() == "zh"
    assert gettext("Courses") == "课程"
    assert ngettext("%(num)s student", "%(num)s students", 3) == "%(num)s 名学生"
    assert say(Message("Use at least {limit} characters.", limit=12)) == "至少要 12 个字符。"
    assert gettext("A text that nobody wrote") == "A text that nobody wrote"


@pytest.mark.parametrize(
    ("accepted", "best"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.8", "en"), ("de,fr;q=0.5", "en"), ("", "en"),
     ("de, zh;q=0.1", "zh"), ("ZH-hant", "zh"), ("en;q=0.2, zh;q=0.7", "zh"), ("zh;q=x, en;q=0.3", "en"),
     (";;;,,,q=1", "en"), ("zh" * 10_000, "en")],
)  # fmt: skip
def test_language_is_negotiated(accepted: str, best: str) -> None:
    assert negotiate(accepted) == best
