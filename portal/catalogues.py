"""The catalogues of translated texts: read as .mo, which set-up compiles from the .po files (one an area)."""

import hashlib
import io
import logging
from collections.abc import Sequence
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"
logger = logging.getLogger("portal.catalogues")


def load(language: str, locales: Path = LOCALES) -> NullTranslations:
    """The translations of a language; without any for the one that the texts themselves are in.

    What is missing or older than its .po files is compiled on the spot, which the log says: some 50 ms instead of 5.
    """
    compiled, sources = _compiled(language, locales), _sources(language, locales)
    if compiled or not sources:
        return compiled or NullTranslations()
    # No warning: it would be a second line beside the one reason that a command gives. `portal doctor` says it too.
    logger.info("The texts in %s are not compiled, or were changed since. Run `make set-up`.", language)
    return GNUTranslations(io.BytesIO(_compile(language, sources)))


def is_compiled(language: str, locales: Path = LOCALES) -> bool:
    """Whether a language has a .mo file that was made from its .po files as they are."""
    return _compiled(language, locales) is not None


def compile_all(locales: Path = LOCALES) -> list[str]:
    """Make the .mo files that are missing or older than their .po files; the languages of those."""
    stale = [
        language
        for language in sorted(path.name for path in locales.iterdir())
        if _sources(language, locales) and not is_compiled(language, locales)
    ]
    for language in stale:
        target = _target(language, locales)
        unfinished = target.with_name("unfinished.mo")
        unfinished.write_bytes(_compile(language, _sources(language, locales)))
        unfinished.replace(target)
    return stale


def _target(language: str, locales: Path) -> Path:
    return locales / language / "LC_MESSAGES" / "portal.mo"


def _sources(language: str, locales: Path) -> list[Path]:
    return sorted((locales / language / "LC_MESSAGES").glob("*.po"))


def _compiled(language: str, locales: Path) -> GNUTranslations | None:
    """What set-up made, unless the .po files were changed since; an installed package may come without those."""
    try:
        with _target(language, locales).open("rb") as file:
            found = GNUTranslations(file)
    except OSError:  # not there, or no catalogue
        return None
    sources = _sources(language, locales)
    return found if not sources or found.info().get("project-id-version") == _header(sources) else None


def _header(sources: Sequence[Path]) -> str:
    """What a catalogue calls itself: the files it was made from, by content, and what it was made by."""
    content = hashlib.sha256(Path(__file__).read_bytes())
    for path in sources:
        content.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"portal {content.hexdigest()}"


def _compile(language: str, sources: Sequence[Path]) -> bytes:
    # They take longer to load than a compiled catalogue.
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    project, _, version = _header(sources).partition(" ")
    whole = Catalog(locale=language, project=project, version=version)
    for path in sources:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    return compiled.getvalue()


if __name__ == "__main__":
    for made in compile_all():
        print(f"Compiled the texts in {made}", flush=True)
