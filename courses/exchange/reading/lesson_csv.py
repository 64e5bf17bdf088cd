"""Lessons as CSV, as spreadsheets write and read it: every row becomes a lesson, or its line and reason are named."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.csv_files import csv_bytes, unquoted
from courses.encodings import ENCODINGS, NotText, decode
from courses.errors import Message
from courses.events.done import USUAL as USUAL_RULE
from courses.exchange.reading.found import FINDINGS_MAX, LESSONS_MAX, Contents, Finding, FoundLesson, Level, finding
from courses.exchange.reading.lesson import Rules
from courses.exchange.reading.values import (
    ValueWrong,
    check_platforms,
    check_times,
    read_done,
    read_flag,
    read_kind,
    read_moment,
    read_topics,
    write_done,
    write_flag,
    write_moment,
    write_topics,
)
from courses.lessons.drafts import BODY_LENGTH, tidied
from courses.lessons.values import LessonDraft, LessonInfo

#: bytes; a thousand long lessons
CSV_MAX = 60_000_000
COLUMNS = ("title", "body", "topics", "kind", "platforms", "opens_at", "closes_at", "template", "done", "done_from")
#: where neither the list nor the archive names a platform
USUAL = ("xiaohongshu",)
#: an empty cell of these says nothing
SILENT = ("kind", "platforms", "done", "done_from")
_NAMES = {
    "title": ("title", "标题", "標題", "题目", "題目", "名称"),
    "body": ("body", "text", "content", "正文", "内容", "內容", "文案"),
    "topics": ("topics", "topic", "tags", "话题", "話題", "标签"),
    "kind": ("kind", "type", "类型", "類型", "形式"),
    "platforms": ("platforms", "platform", "平台"),
    "opens_at": ("opens_at", "opens at", "opens", "开放时间", "开始时间", "开放"),
    "closes_at": ("closes_at", "closes at", "closes", "关闭时间", "结束时间", "截止时间"),
    "template": ("template", "模板", "範本"),
    "done": ("done", "完成平台"),
    "done_from": ("done_from", "done from", "完成标准"),
}
_COLUMN = {name: column for column, names in _NAMES.items() for name in names}
_SEPARATORS = ",;\t，；"


def lessons_csv(lessons: Iterable[LessonInfo]) -> bytes:
    """UTF-8 with its mark; no cell can be a formula, and `read_csv` takes off again what that costs."""
    return csv_bytes([COLUMNS, *map(_cells, lessons)])


def _cells(lesson: LessonInfo) -> Sequence[str]:
    return (
        lesson.title, lesson.body, write_topics(lesson.topics), lesson.kind, " ".join(lesson.platforms),
        write_moment(lesson.opens_at), write_moment(lesson.closes_at), write_flag(lesson.template),
        " ".join([done] if isinstance(done := write_done(lesson.done), str) else done), lesson.done.rung,
    )  # fmt: skip


def read_csv(data: bytes, name: str, rules: Rules, encoding: str = "") -> Contents:
    """All lessons of a list; `encoding` is the one that somebody chose, "" finds out."""
    if len(data) > CSV_MAX:
        return _refused(
            name, None, Message("The list has more than {limit} MB. Divide it.", limit=CSV_MAX // 1_000_000)
        )
    try:
        text, used, sure = decode(data, encoding)
    except NotText as error:
        return _refused(name, error.line, error.message, encoding)
    reading = _Reading(name, rules)
    reading.read(text)
    if not sure:
        said = Message("This file is not UTF-8. It was read as {encoding}; look whether the text is right.",
                       encoding=ENCODINGS[used])  # fmt: skip
        reading.findings.insert(0, finding("warning", name, None, said))
    return Contents("csv", tuple(reading.lessons), tuple(reading.findings[:FINDINGS_MAX]), encoding=used)


def _refused(name: str, line: int | None, message: Message, encoding: str = "") -> Contents:
    return Contents("csv", findings=(finding("error", name, line, message),), encoding=encoding)


@dataclass
class _Reading:
    name: str
    rules: Rules
    lessons: list[FoundLesson] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def say(self, level: Level, line: int | None, message: Message, lesson: str = "") -> None:
        self.findings.append(finding(level, self.name, line, message, lesson))

    def read(self, text: str) -> None:
        mark = re.match(r"sep=(.)\r?\n", text)  # Excel's own way to name the separator
        start = text[mark.end() :] if mark else text
        separator = mark[1] if mark else _separator(start)
        lines = csv.reader(io.StringIO(start, newline=""), delimiter=separator, strict=True)
        columns: list[str] | None = None
        line = skipped = 1 if mark else 0
        try:
            for row in lines:
                first, line = line + 1, lines.line_num + skipped
                if not any(cell.strip() for cell in row):
                    continue
                if columns is None:
                    columns = self._columns(first, row)
                    if columns is None:
                        return
                elif len(self.lessons) >= LESSONS_MAX:
                    self.say("error", first, Message("At most {limit} lessons fit in one import.", limit=LESSONS_MAX))
                    return
                else:
                    self._row(first, columns, row)
        except csv.Error as error:
            said = (
                Message("A quotation mark that opens here is not closed, or text follows after its end.")
                if "limit" not in str(error)
                else Message("This cell has more text than fits; perhaps a quotation mark is not closed.")
            )
            self.say("error", line + 1, said)
            return
        if not self.lessons and not self.findings:
            self.say("error", 1, Message("There is no lesson in this list."))

    def _columns(self, line: int, row: list[str]) -> list[str] | None:
        columns: list[str] = []
        for title in row:
            column = _column(title)
            if column in columns and column:
                self.say("error", line, Message("There are two columns {name}. Keep one.", name=column))
                return None
            if not column and title.strip():
                self.say(
                    "warning", line, Message("The column “{name}” is not known; it was left out.", name=title[:40])
                )
            columns.append(column)
        if "title" not in columns:
            self.say("error", line, Message("The first line must name the columns, “title” among them: {names}.",
                                            names=", ".join(COLUMNS)))  # fmt: skip
            return None
        return columns

    def _row(self, line: int, columns: list[str], row: list[str]) -> None:
        key = f"line-{line}"
        cells = {column: unquoted(cell) for column, cell in zip(columns, row, strict=False) if column}
        for column in columns:
            if column:
                cells.setdefault(column, "")
        if any(cell.strip() for cell in row[len(columns) :]):
            count = len(columns)
            self.say("error", line, Message("There are more than {count} columns.", count=count), key)
        values = self._values(line, key, cells)
        draft, problems = tidied(
            LessonDraft(
                values["kind"],
                cells["title"],
                cells.get("body", ""),
                values["topics"],
                values["platforms"] or USUAL,
                done=values["done"],
            )
        )
        for message in problems.values():
            self.say("error", line, message, key)
        # Without a word on them they stay as they are; other empty cells empty what they name.
        given = tuple(column for column in cells if cells[column].strip() or column not in SILENT)
        given += ("done",) if "done_from" in given else ()
        self.lessons.append(
            FoundLesson(
                key, self.name, line, given, draft.title, draft.kind, draft.body[:BODY_LENGTH], tuple(draft.topics),
                tuple(draft.platforms), template=values["template"], opens_at=values["opens_at"],
                closes_at=values["closes_at"], done=draft.done,
            )
        )  # fmt: skip

    def _values(self, line: int, key: str, cells: dict[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {
            "kind": "normal", "topics": [], "platforms": [], "template": False, "opens_at": None, "closes_at": None,
            "done": USUAL_RULE,
        }  # fmt: skip
        readers: dict[str, Callable[[str], Any]] = {
            "kind": lambda text: read_kind(text or "normal"),
            "topics": read_topics,
            "platforms": self._platforms,
            "template": read_flag,
            "opens_at": lambda text: read_moment(text, self.rules.zone),
            "closes_at": lambda text: read_moment(text, self.rules.zone),
        }
        for column, read in readers.items():
            try:
                values[column] = read(cells.get(column, ""))
            except ValueWrong as error:
                self.say("error", line, error.message, key)
        try:
            values["done"] = read_done(_words(cells.get("done", "")), cells.get("done_from", ""))
        except ValueWrong as error:
            self.say("error", line, error.message, key)
        try:
            check_times(values["opens_at"], values["closes_at"])
        except ValueWrong as error:
            self.say("error", line, error.message, key)
        return values

    def _platforms(self, text: str) -> list[str]:
        slugs = _words(text)
        check_platforms(slugs, self.rules.platforms)
        return slugs


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,，、;；]+", text) if word]


def _column(title: str) -> str:
    """The column that a title names in Chinese or English; "" for one that is not known."""
    plain = " ".join(unicodedata.normalize("NFKC", title).strip(" '\"*").split()).casefold()
    return _COLUMN.get(plain, "")


def _separator(text: str) -> str:
    """The one between the most titles of the first line."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(_SEPARATORS, key=lambda separator: sum(bool(_column(cell)) for cell in first.split(separator)))
