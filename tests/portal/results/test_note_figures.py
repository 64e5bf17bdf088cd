"""Figures as people write them, and tables as they paste them."""

from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from courses.results.note_figures import Note
from portal.platforms.links.pasted import platform_of
from portal.results.note_figures import TableRefused, read_number, read_table

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 2, 8, tzinfo=UTC)
URL = "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff"
NOTE = Note(uuid4(), "xiaohongshu", "linked", URL, "66aa11bb22cc33dd44ee55ff", uuid4(), "1", "Ada", uuid4(), "Tea")


def read_note(url: str) -> tuple[str, str | None, str] | None:
    return (platform_of(url), url.rpartition("/")[2].partition("?")[0], url) if platform_of(url) else None


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 1,234 ", 1234), ("1.2万", 12_000), ("3w", 30_000), ("0", 0), ("", None), ("-", None), ("1.5k", 1500),
     ("１２", 12), ("2亿", 200_000_000), ("10000+", 10_000)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: int | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["many", "-3", "1.5", "1.23456万", "=1+1", "1e3", "12 34", "9" * 30])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_number(text)


@pytest.mark.parametrize(
    "table",
    [f"link,time,views,likes\n{URL}?xsec_token=x,2026-09-01 08:00,\"1,200\",3\n",
     f"笔记链接\t统计时间\t观看量\t点赞数\r\n{URL}\t2026/09/01 08:00\t1200\t3\r\n\r\n",
     f"\ufeff链接;时间;播放量;点赞\n看看这个 {URL} 复制打开;2026-09-01T08:00+08:00;1200;3"],
)  # fmt: skip
def test_table_is_read_in_both_languages_and_with_any_separator(table: str) -> None:
    (given,) = read_table(table, [NOTE], read_note, ZONE, NOW)
    assert given.publication == NOTE.publication
    assert given.snapshot_at == datetime(2026, 9, 1, 0, tzinfo=UTC)
    assert {name: figure for name, figure in given.figures.items() if figure is not None} == {"views": 1200, "likes": 3}


def test_row_without_a_time_is_of_now_and_the_later_of_two_counts() -> None:
    (given,) = read_table(f"link,views\n{URL},1\n{URL},2", [NOTE], read_note, ZONE, NOW)
    assert (given.snapshot_at, given.figures["views"]) == (NOW, 2)


@pytest.mark.parametrize(
    ("table", "problems"),
    [("", {1: "Paste a table first."}), ("a,b\n1,2", {1: "The first row needs headings"}),
     ("link,views", {1: "no row below"}),
     (f"link,time,views\n{URL},,many\nnothing,,1\n{URL.replace('66', '77')},,1\n{URL},soon,1\n{URL},2027-01-01,1\n{URL},,",
      {2: "“many” is not a number", 3: "“nothing” is not the link", 4: "No student of this course", 5: "“soon” is no time",
       6: "has not come yet", 7: "at least one figure"})],
)  # fmt: skip
def test_everything_that_is_wrong_is_said_at_once(table: str, problems: dict[int, str]) -> None:
    with pytest.raises(TableRefused) as refused:
        read_table(table, [NOTE], read_note, ZONE, NOW)
    found = {problem.row: str(problem.message) for problem in refused.value.problems}
    assert found.keys() == problems.keys()
    for row, words in problems.items():
        assert words in found[row]


@pytest.mark.parametrize(
    "table",
    [
        f"链接，播放\n{URL}，12",
        f'sep=;\nlink;views\n{URL};"=""12"""',
        f"\ufefflink|views\n{URL}|'12",
        f'link,views\n"看看、{URL}，复制后打开",１２',
    ],
)
def test_table_is_cut_as_lists_of_students_are(table: str) -> None:
    (given,) = read_table(table, [NOTE], read_note, ZONE, NOW)
    assert given.figures["views"] == 12
