"""An archive of a course: what is in it, and every doubt about it. Runs in a worker process; writes nothing."""

from collections.abc import Collection
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from courses.encodings import NotText
from courses.errors import Message
from courses.exchange.reading import seals
from courses.exchange.reading.found import (
    FINDINGS_MAX,
    FORMAT,
    LESSONS_MAX,
    Contents,
    FileRefused,
    Finding,
    FoundCourse,
    FoundLesson,
    finding,
)
from courses.exchange.reading.front_matter import FrontMatterWrong, Value, read_markdown
from courses.exchange.reading.lesson import Rules, read_lesson, read_text
from courses.exchange.reading.names import by_number
from courses.exchange.reading.zip_files import Archive, open_archive
from courses.tokens import Keyring

COURSE, LESSON = "course.md", "lesson.md"
_SEALS_MAX = 4_000_000
_PACKED = (".zip", ".rar", ".7z", ".gz", ".tar")


def read_archive(path: Path, keyring: Keyring, platforms: Collection[str], zone: tzinfo) -> Contents:
    """All that is in the archive; one that must not be read has errors and no lessons."""
    try:
        with open_archive(path) as archive:
            return _read(archive, keyring, Rules(platforms, zone))
    except FileRefused as error:
        return Contents("zip", findings=error.findings)


def _read(archive: Archive, keyring: Keyring, rules: Rules) -> Contents:
    findings = list(archive.findings)
    given = archive.find(seals.NAME)
    data = archive.read(given, _SEALS_MAX) if given else None
    rules = replace(rules, sealed=seals.read_seals(keyring, data) if data else frozenset())
    course = _course(archive, findings)
    paths = sorted((path for path in archive.files if _is_lesson(path)), key=by_number)
    if not paths:
        said = Message(
            "There is no lesson in this archive. Each lesson is a folder lessons/NAME with a file lesson.md in it."
        )
        findings.append(finding("error", "lessons/", None, said))
    if len(paths) > LESSONS_MAX:
        said = Message(
            "There are {count} lessons; at most {limit} fit in one import.", count=len(paths), limit=LESSONS_MAX
        )
        raise FileRefused(finding("error", "lessons/", None, said))
    lessons: list[FoundLesson] = []
    for path in paths:
        archive.refuse_late(path)
        lesson, about = read_lesson(archive, path, rules)
        lessons.append(lesson)
        findings += about
    findings += _unused(archive, {seals.NAME, COURSE}, {lesson.key for lesson in lessons})
    return Contents("zip", tuple(lessons), tuple(findings[:FINDINGS_MAX]), course)


def _is_lesson(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 3 and parts[0].casefold() == "lessons" and parts[2].casefold() == LESSON


def _course(archive: Archive, findings: list[Finding]) -> FoundCourse | None:
    path = archive.find(COURSE)
    if path is None:
        return None
    try:
        text, about = read_text(archive, path)
        findings += about
        front, body = read_markdown(text)
        form = _text(front, "format") or str(FORMAT)
        if not form.isdecimal() or int(form) > FORMAT:
            said = Message("This archive has format {given}; this portal reads up to {known}. Update it.",
                           given=form[:20], known=FORMAT)  # fmt: skip
            raise FrontMatterWrong(front["format"].line, said)
        return FoundCourse(_text(front, "title"), _text(front, "term"), body.strip())
    except (NotText, FrontMatterWrong) as error:
        findings.append(finding("error", path, error.line, error.message))
        return None


def _text(front: dict[str, Value], name: str) -> str:
    given = front.get(name)
    if given is not None and not isinstance(given.value, str):
        raise FrontMatterWrong(given.line, Message("{name} takes one value, not a list.", name=name))
    return str(given.value) if given else ""


def _unused(archive: Archive, known: set[str], lessons: set[str]) -> list[Finding]:
    """What is in the archive and in no lesson, by file or by folder."""
    found: dict[str, Message] = {}
    for path in sorted(archive.files):
        if (
            path in known
            or path.casefold() in known
            or any(path.startswith(f"{key}/") for key in _above(path) & lessons)
        ):
            continue
        if path.casefold().endswith(_PACKED):
            found[path] = Message("An archive in the archive is not opened. Pack its files themselves.")
        else:
            found[path] = Message("This file belongs to no lesson; it was left out.")
    return [finding("warning", path, None, said) for path, said in found.items()]


def _above(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts))}
