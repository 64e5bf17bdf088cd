"""Lessons as CSV: the round trip is exact, every encoding that Excel writes is read, every bad row has its line."""

from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.exchange.reading.found import Contents
from courses.exchange.reading.lesson import Rules
from courses.exchange.reading.lesson_csv import COLUMNS, lessons_csv, read_csv
from courses.lessons.drafts import tidied
from courses.lessons.values import LessonDraft, LessonInfo

RULES = Rules(("xiaohongshu", "douyin"), ZoneInfo("Asia/Shanghai"))
TEXT = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.sampled_from(["=1+1", "'=1", "''+x", "' =x", "＝x", "@x", "-x", "'", '"', 'a"b', "a,b;c\td", "no", "\n=x", "#a", "sep=;"]),
)  # fmt: skip


def lesson(title: str, body: str = "", topics: tuple[str, ...] = (), **more: object) -> LessonInfo:
    moment = datetime.now(UTC)
    values = {"kind": "normal", "platforms": ("xiaohongshu",), "pictures": (), "video": None, "cover": None} | more
    return LessonInfo(uuid4(), UUID(int=1), "", title=title, body=body, topics=topics, created_at=moment,
                      updated_at=moment, **values)  # fmt: skip


def told(found: Contents, level: str = "error") -> list[tuple[int | None, str]]:
    return [(each.line, str(each.message)) for each in found.findings if each.level == level]


def titles(found: Contents) -> list[str]:
    return [each.title for each in found.lessons]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.lists(TEXT, max_size=4), st.booleans()), min_size=1, max_size=4))
def test_any_lesson_comes_back_exactly(drafts: list[tuple[str, str, list[str], bool]]) -> None:
    lessons = []
    for title, body, topics, flag in drafts:
        draft, problems = tidied(LessonDraft("video" if flag else "normal", f"{title}T", body, topics))
        if problems:
            draft, _ = tidied(LessonDraft("normal", f"{title}T", body))
        times = {"opens_at": datetime(2026, 9, 1, 8, 0, 0, 7, UTC)} if flag else {}
        lessons.append(lesson(draft.title, draft.body, tuple(draft.topics), kind=draft.kind, template=flag,
                              platforms=("douyin", "xiaohongshu"), **times))  # fmt: skip
    data = lessons_csv(lessons)
    found = read_csv(data, "x.csv", RULES)
    assert told(found) == []
    fields = ("title", "body", "topics", "kind", "platforms", "template", "opens_at", "closes_at")
    assert [[getattr(each, name) for name in fields] for each in found.lessons] == [
        [getattr(each, name) for name in fields] for each in lessons
    ]


def test_no_cell_of_the_export_is_a_formula() -> None:
    data = lessons_csv([lesson("=cmd|'/c calc'!A1", "@x\n=y", ("+a", "=b"))])
    assert data.startswith(
        b"\xef\xbb\xbftitle,body,topics,kind,platforms,opens_at,closes_at,template,done,done_from\r\n'=cmd"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_spreadsheets_save_is_read(encoding: str, separator: str) -> None:
    rows = [["标题", "正文", "话题"], ["茶 & tea", '"第一行\n第二行, ""引""; 号"', "#茶 #tea"], ["B", "", "a、b，c"]]
    data = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    found = read_csv(data, "x.csv", RULES)
    assert told(found) == []
    assert titles(found) == ["茶 & tea", "B"]
    assert found.lessons[0].body == '第一行\n第二行, "引"; 号'
    assert [each.topics for each in found.lessons] == [("茶", "tea"), ("a", "b", "c")]
    assert found.lessons[0].given == ("title", "body", "topics")
    expected = {"utf-8-sig": "utf-8", "gbk": "gb18030", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
    assert found.encoding == expected.get(encoding, encoding)


def test_another_encoding_can_be_chosen() -> None:
    data = "標題,內容\n茶,好\n".encode("big5")
    assert titles(read_csv(data, "x.csv", RULES, "big5")) == ["茶"]
    data = "title,body\n茶,好\n".encode("big5")
    assert titles(read_csv(data, "x.csv", RULES)) != ["茶"]
    assert titles(read_csv(data, "x.csv", RULES, "big5")) == ["茶"]


@pytest.mark.parametrize("text", ["sep=;\r\ntitle;body\r\nA;b\r\n", "\n\ntitle,body\n,\nA,b\n\n", "TITLE,Body\nA,b"])
def test_the_ways_of_excel_are_understood(text: str) -> None:
    found = read_csv(text.encode(), "x.csv", RULES)
    assert (titles(found), told(found)) == (["A"], [])


def test_every_bad_row_has_its_line_and_reason() -> None:
    text = (
        'title,body,kind,platforms,opens_at,closes_at,template\n"A\nB",x\n,no title\nC,"two\nlines",film\nD,,,tiktok,soon\n'
        f"E,,,,2026-01-02,2026-01-01,perhaps\n{'x' * 201},{'y' * 20_001}\nF,,,,,,,extra\n"
    )
    found = read_csv(text.encode(), "x.csv", RULES)
    assert told(found) == [
        (4, "Give the lesson a title."),
        (5, "“film” is no kind of lesson. Write normal (pictures) or video."),
        (7, "There is no platform tiktok; choose from xiaohongshu, douyin."),
        (7, "“soon” is no time. Write it as 2026-09-01 08:00."),
        (8, "“perhaps” is neither yes nor no."),
        (8, "A lesson must close after it opens."),
        (9, "201 characters; at most 200 fit."),
        (9, "20001 characters; at most 20000 fit."),
        (10, "There are more than 7 columns."),
    ]
    assert [each.title for each in found.lessons if each.key not in found.bad()] == ["A B"]


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [(b"", 1, "no lesson"), (b"title\n", None, ""), (b"a,b\n1,2\n", 1, "must name the columns"),
     (b"title,title\nA,B\n", 1, "two columns title"), (b'title,body\nA,b\nB,"open\nC,d\n', 3, "not closed"),
     (b'title,body\nA,"b"c\n', 2, "not closed"), (b"title\n\0\0\0\n", 2, "not"), (b"\x89PNG\r\n\x1a\n\0\0", 1, "not"),
     (b"title\n\xff\xff\xff\n", 2, "Save the file as UTF-8"), (b"title\n" + b"x" * 140_000, 2, "more text than fits"),
     ("title\n" + "A\n" * 1_001, 1_002, "1000 lessons")],
)  # fmt: skip
def test_a_broken_list_says_where_and_what_to_do(data: bytes | str, line: int | None, sentence: str) -> None:
    found = read_csv(data.encode() if isinstance(data, str) else data, "x.csv", RULES)
    if line is None:
        assert found.refused
        return
    assert told(found)[0][0] == line
    assert sentence in told(found)[0][1]


def test_unknown_columns_are_said_and_left_out() -> None:
    found = read_csv(b"title,price\nA,3\n", "x.csv", RULES)
    assert told(found, "warning") == [(1, "The column “price” is not known; it was left out.")]
    assert titles(found) == ["A"]


@pytest.mark.parametrize("text", ["2026/9/1 8:00", "2026-09-01T08:00", "2026年9月1日 8:00", "2026-09-01T00:00Z"])
def test_times_are_read_as_people_write_them(text: str) -> None:
    found = read_csv(f"title,opens_at\nA,{text}\n".encode(), "x.csv", RULES)
    assert found.lessons[0].opens_at == datetime(2026, 9, 1, tzinfo=UTC)


def test_random_bytes_never_raise() -> None:
    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=300))
    def reads(data: bytes) -> None:
        read_csv(data, "x.csv", RULES)
        read_csv(b"title,body,topics\n" + data, "x.csv", RULES)

    reads()


def test_the_columns_are_those_of_the_documentation() -> None:
    assert COLUMNS == (
        "title", "body", "topics", "kind", "platforms", "opens_at", "closes_at", "template", "done", "done_from",
    )  # fmt: skip
