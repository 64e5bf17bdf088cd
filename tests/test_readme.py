"""The README tells the truth: every setting, platform, layout and command is in it."""

import re
from pathlib import Path

import pytest

from portal.__main__ import parser
from portal.platforms import PLATFORMS
from portal.settings import SETTINGS
from print.layouts import LAYOUTS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SETTINGS)
def test_readme_names_the_setting(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", sorted(parser()._subparsers._group_actions[0].choices))
def test_readme_names_the_command(name: str) -> None:
    assert f"`{name}" in README or f"portal {name}" in README


@pytest.mark.parametrize("name", LAYOUTS)
def test_changelog_names_the_layout(name: str) -> None:
    assert f"`{name}`" in CHANGELOG


@pytest.mark.parametrize("slug", PLATFORMS)
def test_readme_names_the_platform(slug: str) -> None:
    assert slug in README.lower()


def test_readme_shows_pictures_that_are_there() -> None:
    paths = re.findall(r'src="([^"]+\.png)"', README)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_nothing_names_a_developers_machine_or_a_registry() -> None:
    hosts = ("registry." + "npmjs", "pypi." + "org", "files." + "pythonhosted", "/ho" + "me/", "/wo" + "rk/")
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if not path.is_file() or {".git", ".venv", "node_modules", "vendor", "var", "__pycache__"} & set(parts):
            continue
        if path.suffix in (".png", ".jpg", ".mp4", ".pyc", ".mo", ".heic", ".heif", ".avif") or parts[0].startswith(
            (".mypy", ".ruff", ".pytest", ".coverage", ".hyp")
        ):
            continue
        text = path.read_text(encoding="utf-8")
        assert not [host for host in hosts if host in text], path
