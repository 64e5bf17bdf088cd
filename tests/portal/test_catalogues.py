"""Compiled catalogues: read where they are up to date, made on the spot with a word in the log where they are not."""

import logging
import shutil
from gettext import NullTranslations
from pathlib import Path

import pytest

from portal.catalogues import LOCALES, compile_all, is_compiled, load

TEA = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "Tea"
msgstr "茶"

msgid "%(num)s cup"
msgid_plural "%(num)s cups"
msgstr[0] "%(num)s 杯"

#, fuzzy
msgid "Milk"
msgstr "奶茶"

msgid "Water"
msgstr ""
"""


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """Chinese with two areas, not compiled."""
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "drinks.po").write_text(TEA)
    (folder / "food.po").write_text(TEA.replace("Tea", "Rice").replace("茶", "饭"))
    return tmp_path


def po(locales: Path) -> Path:
    return locales / "zh" / "LC_MESSAGES" / "drinks.po"


def mo(locales: Path) -> Path:
    return locales / "zh" / "LC_MESSAGES" / "portal.mo"


def test_catalogue_has_the_texts_of_all_areas(locales: Path) -> None:
    compile_all(locales)
    chinese = load("zh", locales)
    assert (chinese.gettext("Tea"), chinese.gettext("Rice")) == ("茶", "饭")
    assert chinese.ngettext("%(num)s cup", "%(num)s cups", 3) == "%(num)s 杯"
    assert chinese.gettext("Milk") == "Milk", "nobody has looked at a fuzzy one yet"
    assert chinese.gettext("Water") == "Water"


def test_catalogue_is_compiled_once_for_each_content(locales: Path) -> None:
    assert not is_compiled("zh", locales)
    assert compile_all(locales) == ["zh"]
    assert is_compiled("zh", locales)
    assert compile_all(locales) == []
    po(locales).write_text(TEA.replace("茶", "茗"))
    assert not is_compiled("zh", locales)
    assert compile_all(locales) == ["zh"]
    assert [path.name for path in mo(locales).parent.glob("*.mo")] == ["portal.mo"]
    po(locales).unlink()
    assert compile_all(locales) == ["zh"]
    assert load("zh", locales).gettext("Tea") == "Tea"


def test_compiled_catalogue_is_what_is_read(locales: Path, caplog: pytest.LogCaptureFixture) -> None:
    compile_all(locales)
    # Other words of the same length under the same stamp: nobody could know them but from this file.
    mo(locales).write_bytes(mo(locales).read_bytes().replace("茶".encode(), "茗".encode()))
    assert load("zh", locales).gettext("Tea") == "茗"
    assert caplog.records == []


@pytest.mark.parametrize("spoil", ["edited", "missing", "garbage", "another's"])
def test_changed_texts_are_never_read_from_an_old_catalogue(
    locales: Path, spoil: str, caplog: pytest.LogCaptureFixture
) -> None:
    compile_all(locales)
    match spoil:
        case "edited":
            po(locales).write_text(TEA.replace("茶", "茗"))
        case "missing":
            mo(locales).unlink()
        case "garbage":
            mo(locales).write_bytes(b"no catalogue at all")
        case "another's":
            mo(locales).write_bytes(mo(locales).read_bytes().replace(b"Project-Id-Version", b"Projekt-Id-Version"))
    with caplog.at_level(logging.INFO):
        assert load("zh", locales).gettext("Tea") == ("茗" if spoil == "edited" else "茶")
    (record,) = caplog.records
    assert record.name == "portal.catalogues"
    assert record.getMessage() == "The texts in zh are not compiled, or were changed since. Run `make set-up`."


def test_installed_package_needs_no_sources(locales: Path, caplog: pytest.LogCaptureFixture) -> None:
    compile_all(locales)
    for path in mo(locales).parent.glob("*.po"):
        path.unlink()
    assert load("zh", locales).gettext("Tea") == "茶"
    assert is_compiled("zh", locales)
    assert compile_all(locales) == []
    assert caplog.records == []


def test_language_of_the_texts_needs_no_catalogue(locales: Path, caplog: pytest.LogCaptureFixture) -> None:
    english = load("en", locales)
    assert type(english) is NullTranslations
    assert english.ngettext("cup", "cups", 2) == "cups"
    assert caplog.records == []


def test_our_own_texts_are_the_same_compiled_and_not(tmp_path: Path) -> None:
    shutil.copytree(LOCALES, tmp_path / "locales", ignore=shutil.ignore_patterns("*.mo"))
    at_once = load("zh", tmp_path / "locales")
    compile_all(tmp_path / "locales")
    assert dict(load("zh", tmp_path / "locales")._catalog) == dict(at_once._catalog)
    assert at_once.gettext("Courses") == "课程"
