"""One lesson of an archive: its Markdown file and the media that it names."""

import difflib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, TypeVar

from courses.encodings import ENCODINGS, NotText, decode
from courses.errors import MediaRefused, Message
from courses.events.done import USUAL, DoneRule
from courses.exchange.reading.found import Finding, FoundFile, FoundLesson, Level, finding
from courses.exchange.reading.front_matter import FrontMatterWrong, Value, read_markdown
from courses.exchange.reading.media_checks import file_label, look_at_picture, look_at_video
from courses.exchange.reading.names import by_number
from courses.exchange.reading.values import (
    ValueWrong,
    check_platforms,
    check_times,
    read_done,
    read_flag,
    read_kind,
    read_moment,
    read_topics,
)
from courses.exchange.reading.zip_files import Archive
from courses.lessons.drafts import ALT_LENGTH, BODY_LENGTH, tidied
from courses.lessons.values import LessonDraft

T = TypeVar("T")
MARKDOWN_MAX = 1_000_000
PICTURE_KEYS = ("file", "alt", "name")
KEYS = (
    "title", "kind", "topics", "platforms", "pictures", "cover", "video", "template", "opens_at", "closes_at",
    "declarations", "done", "done_from",
)  # fmt: skip
#: of what a file does not speak of these are taken away; what done means stays as it was
GIVEN = ("title", "kind", "body", *(key for key in KEYS[2:] if key not in ("done", "done_from")))


@dataclass(frozen=True)
class Rules:
    """What the portal brings to the reading: its platforms, its time zone, and which hashes it has sealed."""

    platforms: Collection[str]
    zone: tzinfo
    sealed: frozenset[str] = frozenset()


def read_text(archive: Archive, path: str) -> tuple[str, list[Finding]]:
    """A Markdown file as text. Raises NotText."""
    data = archive.read(path, MARKDOWN_MAX)
    if data is None:
        raise NotText(1, Message("This file has more than {limit} KB of text. Shorten it.", limit=MARKDOWN_MAX // 1000))
    text, encoding, _ = decode(data)
    if encoding == "utf-8":
        return text, []
    said = Message("This file is not UTF-8. It was read as {encoding}; look whether the text is right.",
                   encoding=ENCODINGS[encoding])  # fmt: skip
    return text, [finding("warning", path, 1, said)]


def read_lesson(archive: Archive, path: str, rules: Rules) -> tuple[FoundLesson, list[Finding]]:
    """A lesson and what is to be said about it; one with an error is not complete. Raises FileRefused."""
    key = path.rpartition("/")[0]
    reading = _Reading(archive, path, key, rules, [])
    try:
        text, findings = read_text(archive, path)
        reading.findings += [replace(each, lesson=key) for each in findings]
        front, body = read_markdown(text)
    except (NotText, FrontMatterWrong) as error:
        reading.say("error", error.line, error.message)
        return FoundLesson(key, path, None, GIVEN, key.rpartition("/")[2]), reading.findings
    lesson = reading.lesson(front, body)
    return lesson, reading.findings


@dataclass
class _Reading:
    archive: Archive
    path: str
    key: str
    rules: Rules
    findings: list[Finding]

    def say(self, level: Level, line: int | None, message: Message) -> None:
        self.findings.append(finding(level, self.path, line, message, self.key))

    def lesson(self, front: dict[str, Value], body: str) -> FoundLesson:
        self._name_unknown(front, KEYS)
        opens = self._one(front, "opens_at", lambda text: read_moment(text, self.rules.zone), None)
        closes = self._one(front, "closes_at", lambda text: read_moment(text, self.rules.zone), None)
        self._try(front, "closes_at", lambda: check_times(opens, closes))
        platforms = self._list(front, "platforms", lambda text: text.replace(",", " ").split())
        self._try(front, "platforms", lambda: check_platforms(platforms, self.rules.platforms))
        done = self._done(front)
        draft, problems = tidied(
            LessonDraft(
                self._one(front, "kind", read_kind, "normal"),
                self._one(front, "title", str, ""),
                body,
                self._list(front, "topics", read_topics),
                platforms or ("xiaohongshu",),
                declarations=self._list(front, "declarations", lambda text: text.replace(",", " ").split()),
                done=done,
            )
        )
        for name, message in problems.items():
            # Shown beside the rest of the page even when it is far too long.
            self.say("error", self._line(front, name), message)
        pictures = self._pictures(front)
        cover, video = self._media(front, "cover"), self._media(front, "video")
        given = (*GIVEN, "done") if front.keys() & {"done", "done_from"} else GIVEN
        return FoundLesson(
            self.key, self.path, 1, given, draft.title or self.key.rpartition("/")[2], draft.kind,
            draft.body[:BODY_LENGTH], tuple(draft.topics), tuple(draft.platforms), pictures,
            self._picture(cover[0], cover[1], "", pictures) if cover else None,
            self._video(*video) if video else None,
            self._one(front, "template", read_flag, False), opens, closes,
            tuple(draft.declarations), draft.done,
        )  # fmt: skip

    def _done(self, front: dict[str, Value]) -> DoneRule:
        words = self._list(front, "done", lambda text: text.replace(",", " ").split())
        try:
            return read_done(words, self._one(front, "done_from", str, ""))
        except ValueWrong as error:
            self.say("error", self._line(front, "done_from"), error.message)
            return USUAL

    def _line(self, front: dict[str, Value], name: str) -> int | None:
        return front[name].line if name in front else 1 if name != "body" else None

    def _name_unknown(self, front: dict[str, Value], known: Collection[str]) -> None:
        for name, value in front.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                said = (
                    Message(
                        "There is no field {name}; it was left out. Is {other} meant?", name=name[:40], other=near[0]
                    )
                    if near
                    else Message("There is no field {name}; it was left out.", name=name[:40])
                )
                self.say("warning", value.line, said)

    def _try(self, front: dict[str, Value], name: str, check: Callable[[], object]) -> None:
        try:
            check()
        except ValueWrong as error:
            self.say("error", self._line(front, name), error.message)

    def _one(self, front: dict[str, Value], name: str, read: Callable[[str], T], other: T) -> T:
        given = front.get(name)
        if given is None:
            return other
        if not isinstance(given.value, str):
            self.say("error", given.line, Message("{name} takes one value, not a list.", name=name))
            return other
        try:
            return read(given.value)
        except ValueWrong as error:
            self.say("error", given.line, error.message)
            return other

    def _list(self, front: dict[str, Value], name: str, split: Callable[[str], list[str]]) -> list[str]:
        given = front.get(name)
        if given is None:
            return []
        if isinstance(given.value, str):
            return split(given.value)
        if isinstance(given.value, list) and all(isinstance(each.value, str) for each in given.value):
            return [str(each.value) for each in given.value]
        self.say("error", given.line, Message("{name} takes a list of words.", name=name))
        return []

    def _pictures(self, front: dict[str, Value]) -> tuple[FoundFile, ...]:
        """Those that are named, in their order; without names all in the folder, in the order of theirs."""
        folder = f"{self.key}/pictures/"
        given = front.get("pictures")
        if given is None:
            there = sorted((path for path in self.archive.files if path.startswith(folder)), key=by_number)
            found = [self._picture((path, 1), "", "", ()) for path in there]
            return tuple(picture for picture in found if picture)
        entries = given.value if isinstance(given.value, list) else None
        if entries is None and given.value != "":
            self.say("error", given.line, Message("{name} takes a list of files.", name="pictures"))
        pictures: list[FoundFile] = []
        for entry in entries or []:
            values: Any = entry.value if isinstance(entry.value, dict) else {"file": entry}
            self._name_unknown(values, PICTURE_KEYS)
            at = self._file(values, "file", entry.line)
            picture = at and self._picture(
                at, self._one(values, "name", str, ""), self._one(values, "alt", str, ""), ()
            )
            if picture and picture.path in {other.path for other in pictures}:
                self.say("warning", entry.line, Message("This picture is in the list already; it was left out here."))
            elif picture:
                pictures.append(picture)
        for path in sorted(self.archive.files):
            if path.startswith(folder) and path not in {picture.path for picture in pictures}:
                self.say("warning", given.line, Message("{file} is in the folder but not in the list; it was left out.",
                                                        file=path.removeprefix(f"{self.key}/")))  # fmt: skip
        return tuple(pictures)

    def _media(self, front: dict[str, Value], name: str) -> tuple[tuple[str, int], str] | None:
        """A single file and what it is called: a path, or `file` and `name`."""
        given = front.get(name)
        if given is None:
            return None
        if not isinstance(given.value, dict):
            at = self._file(front, name)
            return (at, "") if at else None
        self._name_unknown(given.value, ("file", "name"))
        at = self._file(given.value, "file", given.line)
        return (at, self._one(given.value, "name", str, "")) if at else None

    def _file(self, front: dict[str, Value], name: str, line: int | None = None) -> tuple[str, int] | None:
        """The path in the archive of a file that is named relative to the lesson's folder, and the line."""
        given = front.get(name)
        written = self._one(front, name, str, "").strip()
        line = given.line if given else line or 1
        if not written:
            if name == "file":
                self.say("error", line, Message("A picture needs its file: pictures/NAME."))
            return None
        if "\\" in written or written.startswith("/") or ".." in written.split("/") or written[1:2] == ":":
            self.say("error", line, Message("“{file}” is not in the lesson's own folder.", file=written[:80]))
            return None
        path = self.archive.find(f"{self.key}/{written}")
        if path is None:
            self.say("error", line, Message("“{file}” is missing from the archive. Add it, or take out this line.",
                                            file=written[:80]))  # fmt: skip
            return None
        return path, line

    def _picture(self, at: tuple[str, int], name: str, alt: str, known: tuple[FoundFile, ...]) -> FoundFile | None:
        path, line = at
        same = next((picture for picture in known if picture.path == path), None)
        if same:
            return same
        alt = " ".join(alt.split())
        if len(alt) > ALT_LENGTH:
            limit = ALT_LENGTH
            self.say("error", line, Message("A picture's description has at most {limit} characters.", limit=limit))
        try:
            return look_at_picture(self.archive, path, name or file_label(path), alt, self.rules.sealed)
        except MediaRefused as error:
            self._refuse(path, error)
            return None

    def _video(self, at: tuple[str, int], name: str) -> FoundFile | None:
        path, _ = at
        try:
            return look_at_video(self.archive, path, name or file_label(path), self.rules.sealed)
        except MediaRefused as error:
            self._refuse(path, error)
            return None

    def _refuse(self, path: str, error: MediaRefused) -> None:
        self.findings.append(finding("error", path, None, error.message, self.key))
