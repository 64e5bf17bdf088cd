"""What was found in a file of lessons: the lessons, and what is to be said about them by file and line."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from courses.errors import CourseError, Message
from courses.events.done import USUAL, DoneRule

FORMAT = 1
#: lessons in one import, and findings that are told
LESSONS_MAX, FINDINGS_MAX = 1_000, 500
Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """An error keeps its lesson out, or, where it names none, everything. `line` is from 1."""

    level: Level
    file: str
    line: int | None
    text: str
    values: dict[str, str | int] = field(default_factory=dict)
    #: the `key` of the lesson that it is about
    lesson: str = ""

    @property
    def message(self) -> Message:
        """To be translated."""
        return Message(self.text, **self.values)


def finding(level: Level, file: str, line: int | None, message: Message, lesson: str = "") -> Finding:
    """From a sentence."""
    return Finding(level, file, line, message.text, message.values, lesson)


@dataclass(frozen=True)
class FoundFile:
    """A picture or video at `path` in the archive; `sealed` says that this portal itself has written these bytes."""

    path: str
    name: str
    sha256: str
    size: int
    sealed: bool = False
    #: of a picture: what it shows
    alt: str = ""


@dataclass(frozen=True)
class FoundLesson:
    """A lesson in its tidy form; `given` names the fields that the file speaks of, the others have their defaults."""

    key: str
    file: str
    line: int | None
    given: tuple[str, ...]
    title: str = ""
    kind: str = "normal"
    body: str = ""
    topics: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    pictures: tuple[FoundFile, ...] = ()
    cover: FoundFile | None = None
    video: FoundFile | None = None
    template: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    declarations: tuple[str, ...] = ()
    done: DoneRule = USUAL

    @property
    def files(self) -> tuple[FoundFile, ...]:
        """All that it needs of the archive, each once."""
        found = {file.path: file for file in (*self.pictures, self.cover, self.video) if file is not None}
        return tuple(found.values())


@dataclass(frozen=True)
class FoundCourse:
    """What the archive says of the course itself."""

    title: str
    term: str = ""
    description: str = ""


@dataclass(frozen=True)
class Contents:
    """All that was found; `encoding` is that of a list."""

    kind: Literal["zip", "csv"]
    lessons: tuple[FoundLesson, ...] = ()
    findings: tuple[Finding, ...] = ()
    course: FoundCourse | None = None
    encoding: str = ""

    @property
    def refused(self) -> bool:
        """Whether nothing of it can be taken over."""
        return not self.lessons or any(each.level == "error" and not each.lesson for each in self.findings)

    def bad(self) -> set[str]:
        """The keys of lessons that cannot be taken over."""
        return {each.lesson for each in self.findings if each.level == "error"}


class FileRefused(CourseError):
    """A file that cannot be read at all, or must not be; `findings` say why."""

    code = "file_refused"

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings[0].message)
        self.findings = findings

    def __reduce__(self) -> tuple[type["FileRefused"], tuple[Finding, ...]]:
        return FileRefused, self.findings
