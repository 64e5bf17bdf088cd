"""Help for teachers: short pages in both languages, as files in docs/help."""

from dataclasses import dataclass
from functools import cache

from courses.places import ROOT

FOLDER = ROOT / "docs" / "help"


@dataclass(frozen=True)
class HelpPage:
    """`name` is its address below /help; `body` is Markdown, without the title."""

    name: str
    title: str
    body: str


@cache
def help_pages(language: str) -> dict[str, HelpPage]:
    """By name, in the order in which they are read; the files' numbers say it. `language` is "zh" or "en"."""
    found = {}
    for path in sorted((FOLDER / language).glob("*.md")):
        title, _, body = path.read_text(encoding="utf-8").partition("\n")
        name = path.stem.partition("-")[2]
        found[name] = HelpPage(name, title.removeprefix("# "), body.strip())
    return found
