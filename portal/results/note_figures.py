"""Figures of notes as people type and paste them: `1,234`, `1.2万`, and whole tables out of a spreadsheet."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from courses.errors import Invalid, Message
from courses.results.note_figures import FIGURES, Given, Note, check_figures
from courses.students.comparing import tidy
from courses.students.separated import read_separated
from portal.platforms import LinkRefused, Platform
from portal.platforms.links.pasted import cut_urls, platform_of

ROWS_MAX = 5_000
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([万萬wWkK千亿]?)\+?")
_TIMES = {"": 1, "千": 1_000, "k": 1_000, "万": 10_000, "萬": 10_000, "w": 10_000, "亿": 100_000_000}
_NOTHING = ("", "-", "—", "–", "--", "n/a", "无")
#: how columns are headed in the platforms' own exports and by people, folded to lower case without spaces
HEADINGS = {
    "note": ("note", "link", "url", "notelink", "链接", "笔记链接", "作品链接", "稿件链接", "视频链接"),
    "snapshot_at": ("time", "asof", "date", "snapshot_at", "时间", "日期", "统计时间", "截至", "截止时间"),
    "impressions": ("impressions", "exposure", "曝光", "曝光量", "展现", "展现量", "展示量"),
    "views": ("views", "plays", "reads", "观看", "观看量", "播放", "播放量", "阅读", "阅读量", "浏览", "浏览量"),
    "likes": ("likes", "点赞", "点赞量", "点赞数", "赞"),
    "collects": ("collects", "saves", "favourites", "favorites", "收藏", "收藏量", "收藏数"),
    "comments": ("comments", "replies", "评论", "评论量", "评论数"),
    "shares": ("shares", "reposts", "forwards", "分享", "分享量", "分享数", "转发", "转发量", "转发数"),
}
_COLUMN = {heading: name for name, headings in HEADINGS.items() for heading in headings}

#: the (platform, note id) and the address of a note in pasted text, or None where it is none
ReadNote = Callable[[str], tuple[str, str | None, str] | None]


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row of a pasted table, counted from 1 as a spreadsheet does."""

    row: int
    message: Message


class TableRefused(Exception):
    """A pasted table of which nothing was taken; `problems` name rows."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(f"{len(problems)} rows")
        self.problems = list(problems)


def read_number(text: str) -> int | None:
    """A count, None for none. `1.2万` is 12,000. Raises ValueError."""
    folded = text.strip().replace(",", "").replace("，", "").replace("_", "")
    if folded.lower() in _NOTHING:
        return None
    found = _NUMBER.fullmatch(folded)
    if not found:
        raise ValueError(text)
    value = Decimal(found[1]) * _TIMES[found[2].lower()]
    if value != value.to_integral_value() or len(found[1]) > 15:
        raise ValueError(text)
    return int(value)


def read_form(typed: Mapping[str, str]) -> dict[str, int | None]:
    """The figures of a form. Raises Invalid."""
    figures, problems = {}, {}
    for name in FIGURES:
        try:
            figures[name] = read_number(typed[name])
        except ValueError:
            problems[name] = Message("Write a whole number, such as 1200 or 1.2万.")
    if problems:
        raise Invalid(problems)
    check_figures(figures)
    return figures


def read_table(text: str, notes: Sequence[Note], read_note: ReadNote, zone: ZoneInfo, moment: datetime) -> list[Given]:
    """The figures in a table with headings, cut as lists of students are. A row without a time is of `moment`.

    Raises TableRefused, with everything that is wrong at once.
    """
    rows = read_separated(text)
    if not rows:
        raise TableRefused([RowProblem(1, Message("Paste a table first."))])
    columns = [_COLUMN.get(re.sub(r"[\s_（）()]+", "", cell).lower().lstrip("\ufeff")) for cell in rows[0][1]]
    if "note" not in columns or not set(FIGURES) & set(columns):
        raise TableRefused(
            [
                RowProblem(
                    rows[0][0],
                    Message("The first row needs headings: “link” and at least one figure, such as “views”."),
                )
            ]
        )
    if len(rows) > ROWS_MAX:
        raise TableRefused([RowProblem(ROWS_MAX, Message("At most {most} rows at once.", most=ROWS_MAX))])
    find = note_finder(notes, read_note)
    given, problems = [], []
    for number, cells in rows[1:]:
        # Traces of spreadsheets are taken off a figure and a time; an address stays as it was pasted.
        values = {
            name: cell.strip() if name == "note" else tidy(cell)
            for name, cell in zip(columns, cells, strict=False)
            if name
        }
        try:
            found = find(values.get("note", ""))
            at = _time(values.get("snapshot_at", ""), zone) or moment
            if at > moment:
                raise Wrong(Message("This time has not come yet."))
            figures = _figures(values)
            given += [Given(note.publication, at, figures) for note in found]
        except Wrong as wrong:
            problems.append(RowProblem(number, wrong.message))
    if not given and not problems:
        problems.append(RowProblem(rows[0][0], Message("There is no row below the headings.")))
    if problems:
        raise TableRefused(problems)
    return list({(one.publication, one.snapshot_at): one for one in given}.values())


class Wrong(Exception):
    """A row of which nothing can be taken; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def _index(notes: Sequence[Note]) -> tuple[dict[tuple[str, str], list[Note]], dict[str, list[Note]]]:
    by_id: dict[tuple[str, str], list[Note]] = {}
    by_url: dict[str, list[Note]] = {}
    for note in notes:
        if note.note_id:
            by_id.setdefault((note.platform, note.note_id), []).append(note)
        by_url.setdefault(note.note_url, []).append(note)
    return by_id, by_url


def note_finder(notes: Sequence[Note], read_note: ReadNote) -> Callable[[str], list[Note]]:
    """What finds the notes of a course whose link stands in a text; it raises Wrong where there is none."""
    by_id, by_url = _index(notes)

    def find(text: str) -> list[Note]:
        urls = cut_urls(text)
        link = read_note(urls[0]) if urls else None
        if link is None:
            raise Wrong(Message("“{text}” is not the link of a note.", text=text[:80]))
        platform, note_id, url = link
        found = (by_id.get((platform, note_id), []) if note_id else []) or by_url.get(url, [])
        if not found:
            raise Wrong(Message("No student of this course gave this note’s link: {url}", url=url[:120]))
        return found

    return find


def note_reader(platforms: Mapping[str, Platform]) -> ReadNote:
    """What reads the links of notes on these platforms."""

    def read(url: str) -> tuple[str, str | None, str] | None:
        slug = platform_of(url)
        if slug is None or slug not in platforms:
            return None
        try:
            link = platforms[slug].parse_link(url)
        except LinkRefused:
            return None
        return slug, link.note_id, link.url

    return read


def _time(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace("/", "-").replace("年", "-").replace("月", "-").replace("日", ""))
    except ValueError:
        raise Wrong(Message("“{text}” is no time. Write it as 2026-09-01 08:00.", text=text[:40])) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _figures(values: Mapping[str, str]) -> dict[str, int | None]:
    figures: dict[str, int | None] = {}
    for name in FIGURES:
        try:
            figures[name] = read_number(values.get(name, ""))
        except ValueError:
            raise Wrong(Message("“{text}” is not a number.", text=values[name][:40])) from None
    try:
        check_figures(figures)
    except Invalid as error:
        raise Wrong(next(iter(error.fields.values()))) from error
    return figures
