"""Archives of courses: the round trip is exact, and hostile or broken ones are told by file and line."""

import asyncio
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from courses.exchange.reading import zip_files
from courses.exchange.reading.archive import read_archive
from courses.exchange.reading.found import Contents, FoundCourse
from courses.exchange.reading.names import slug
from courses.exchange.writing import archive_chunks
from courses.lessons.drafts import tidied
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.library import open_store
from courses.tokens import Keyring

RING = Keyring.parse(f"1:{'5a' * 32}")
ZONE = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2026, 9, 1, 8, 0, 0, 5, UTC)
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
WORDS = st.one_of(
    TEXT, st.sampled_from(["no", "1.0", "2026-01-01", "---", "  x", "~", "null", "&a", "*a", "!!str x", "a: b", "# x",
                           "“引号”", "😀🎉", "..", "CON", "a/b\\c", ".hidden", "'", '"', "- x", "{x}", "=1+1"]),
)  # fmt: skip


def read(path: Path, **more: Any) -> Contents:
    return read_archive(path, RING, ("xiaohongshu", "douyin"), more.get("zone", ZONE))


def lesson(title: str, body: str = "", topics: tuple[str, ...] = (), **more: Any) -> LessonInfo:
    values = {"kind": "normal", "platforms": ("xiaohongshu",), "pictures": (), "video": None, "cover": None} | more
    moment = datetime.now(UTC)
    return LessonInfo(uuid4(), UUID(int=1), "", title=title, body=body, topics=topics, created_at=moment,
                      updated_at=moment, **values)  # fmt: skip


def export(folder: Path, course: FoundCourse, lessons: list[LessonInfo]) -> bytes:
    async def chunks() -> bytes:
        store = open_store(f"file://{folder}/media")
        return b"".join([chunk async for chunk in archive_chunks(store, RING, course, lessons)])

    return asyncio.run(chunks())


def texts(contents: Contents, level: str = "error") -> list[tuple[str, int | None, str]]:
    return [(each.file, each.line, str(each.message)) for each in contents.findings if each.level == level]


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """pack({name: content}) or pack([(name or ZipInfo, content), …])."""

    def pack(files: dict[str, str | bytes] | list[tuple[Any, Any]], **more: Any) -> Path:
        path = tmp_path / "given.zip"
        with zipfile.ZipFile(path, "w", **more) as archive:
            for name, content in files.items() if isinstance(files, dict) else files:
                archive.writestr(name, content)
        return path

    return pack


def photo(size: tuple[int, int] = (40, 30), form: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, form)
    return file.getvalue()


GOOD = "---\ntitle: Tea\n---\n\nText\n"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=4), WORDS, st.booleans()), min_size=1, max_size=4), WORDS, WORDS
)
def test_any_draft_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, drafts: list[tuple[str, list[str], str, bool]], term: str, notes: str
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    lessons = []
    for title, topics, body, template in drafts:
        draft, problems = tidied(LessonDraft("normal", f"{title} T", f"{body}\n---\n{title}", topics))
        if problems:
            draft, problems = tidied(LessonDraft("normal", f"{title} T", f"{body}\n---\n{title}"))
        assert not problems
        times = {"opens_at": MOMENT, "declarations": ("ai", "in_text")} if template else {}
        lessons.append(lesson(draft.title, draft.body, tuple(draft.topics), template=template, **times))
    course = FoundCourse(
        f"{term} C".strip(),
        " ".join(term.split()),
        notes.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip(),
    )
    path = folder / "a.zip"
    path.write_bytes(export(folder, course, lessons))
    found = read(path)
    assert texts(found) == []
    assert found.course == course
    assert [
        (each.title, each.body, each.topics, each.template, each.opens_at, each.declarations) for each in found.lessons
    ] == [(each.title, each.body, each.topics, each.template, each.opens_at, each.declarations) for each in lessons]
    again = [
        lesson(
            each.title,
            each.body,
            each.topics,
            template=each.template,
            opens_at=each.opens_at,
            declarations=each.declarations,
        )
        for each in found.lessons
    ]
    assert export(folder, found.course, again) == path.read_bytes()


def test_export_is_readable_and_the_same_each_time(tmp_path: Path) -> None:
    lessons = [lesson("Tea / 茶 😀", "one\n\n---\n\ntwo", ("tea", "茶"), closes_at=MOMENT, template=True)]
    data = export(tmp_path, FoundCourse("春季 Spring", "2026", "Notes"), lessons)
    assert data == export(tmp_path, FoundCourse("春季 Spring", "2026", "Notes"), lessons)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["course.md", "lessonlink.json", "lessons/01-Tea-茶/lesson.md"]
        assert archive.read("course.md").decode() == "---\nformat: 1\ntitle: 春季 Spring\nterm: '2026'\n---\n\nNotes\n"
        assert archive.read("lessons/01-Tea-茶/lesson.md").decode() == (
            "---\ntitle: Tea / 茶 😀\nkind: normal\ntopics:\n  - tea\n  - 茶\nplatforms:\n  - xiaohongshu\ndone: any\n"
            "template: true\n"
            "closes_at: '2026-09-01T08:00:00.000005Z'\n---\n\none\n\n---\n\ntwo\n"
        )


@pytest.mark.parametrize(
    ("title", "name"),
    [("../../etc/passwd", "etc-passwd"), ("CON", "CON"), (".hidden", "hidden"), ("😀", "lesson"), ("a\\b:c*?", "a-b-c"),
     ("x" * 99, "x" * 40), ("é 茶", "é-茶"), ("  -  ", "lesson"), ("नमस्ते", "नमस्ते")],
)  # fmt: skip
def test_any_title_gives_a_safe_name(title: str, name: str) -> None:
    assert slug(title, "lesson") == name
    assert slug(name, "lesson") == name


def test_a_hand_made_archive_is_read(pack: Callable[..., Path]) -> None:
    """One folder around all, what macOS and Windows leave, CRLF, a mark, and pictures that are not listed."""
    found = read(pack({
        "My course/course.md": "\ufeff---\r\ntitle: Tea\r\n---\r\nNotes\r\n",
        "My course/lessons/2-b/lesson.md": "---\r\ntitle: B\r\ntopics: tea, 茶\r\ncover: Pictures/1.JPG\r\n---\r\nText\r\n",
        "My course/lessons/2-b/pictures/10.jpg": photo(), "My course/lessons/2-b/pictures/1.jpg": photo(),
        "My course/lessons/10-a/lesson.md": "---\ntitle: A\nopens_at: 2026-9-1 8:00\nkind: 图文\n---\n",
        "__MACOSX/My course/._course.md": b"\0\1", "My course/.DS_Store": b"x", "My course/lessons/2-b/Thumbs.db": b"x",
        "My course/lessons/": b"",
    }))  # fmt: skip
    assert found.findings == ()
    assert found.course == FoundCourse("Tea", "", "Notes")
    b, a = found.lessons
    assert (b.title, b.body, b.topics, [each.name for each in b.pictures]) == (
        "B",
        "Text",
        ("tea", "茶"),
        ["1.jpg", "10.jpg"],
    )
    assert b.cover == b.pictures[0]
    assert (a.title, a.opens_at) == ("A", datetime(2026, 9, 1, tzinfo=UTC))


def test_names_of_windows_in_gbk_are_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "gbk.zip"
    path.write_bytes(_unflagged("lessons/01-茶/lesson.md".encode("gbk")))
    found = read(path)
    assert [each.key for each in found.lessons] == ["lessons/01-茶"]
    assert "read as GBK" in texts(found, "warning")[0][2]


def _unflagged(raw: bytes) -> bytes:
    """A zip of one file whose name has no mark of UTF-8, as Windows writes it."""
    data = GOOD.encode()
    sizes = struct.pack("<III", zlib.crc32(data), len(data), len(data))
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 0, 0, 33) + sizes + struct.pack("<HH", len(raw), 0) + raw + data
    entry = (b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 0, 0, 33) + sizes
             + struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0, 0) + raw)  # fmt: skip
    return local + entry + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local), 0)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("../lesson.md", "leads out of the archive"), ("lessons/../../x", "leads out"), ("/etc/passwd", "root of a disk"),
     ("C:/x.md", "root of a disk"), ("lessons\\01\\lesson.md", "backslash"), ("lessons/a\x07b", "cannot be shown"),
     ("a/" * 20 + "x", "too many folders")],
)  # fmt: skip
def test_an_archive_with_a_hostile_name_is_refused_whole(pack: Callable[..., Path], name: str, sentence: str) -> None:
    found = read(pack({"lessons/01-a/lesson.md": GOOD, name: "x"}))
    assert found.refused
    assert found.lessons == ()
    assert sentence in texts(found)[0][2]


def test_a_link_in_an_archive_is_refused(pack: Callable[..., Path]) -> None:
    info = zipfile.ZipInfo("lessons/01-a/pictures/1.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = read(pack([("lessons/01-a/lesson.md", GOOD), (info, "/etc/passwd")]))
    assert texts(found)[0][0] == "lessons/01-a/pictures/1.jpg"
    assert "link or a device" in texts(found)[0][2]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["lessons/01-a/lesson.md", "lessons/01-A/Lesson.md", "./lessons/01-a//lesson.md"])
def test_a_name_that_is_there_twice_is_refused(pack: Callable[..., Path], second: str) -> None:
    path = pack([("lessons/01-a/lesson.md", GOOD), (second, GOOD)])
    assert "twice" in texts(read(path))[0][2]


def test_an_encrypted_archive_is_refused(pack: Callable[..., Path]) -> None:
    path = pack({"lessons/01-a/lesson.md": GOOD})
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    assert "without a password" in texts(read(path))[0][2]


@pytest.mark.parametrize("data", [b"", b"hello", b"PK", b"Rar!\x1a\7\0 and more", b"7z\xbc\xaf\x27\x1c" + b"x" * 50])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    found = read(path)
    assert found.refused
    said = texts(found)[0][2]
    assert ("RAR" in said) == data.startswith(b"Rar!")
    assert "zip" in said or "damaged" in said


def test_every_cut_of_an_archive_is_refused_or_read(pack: Callable[..., Path], tmp_path: Path) -> None:
    whole = pack({"lessons/01-a/lesson.md": GOOD, "lessons/01-a/pictures/1.jpg": photo()}).read_bytes()
    path = tmp_path / "cut.zip"
    for length in range(0, len(whole) - 1, 37):
        path.write_bytes(whole[:length])
        assert read(path).refused, length


def test_flipped_bytes_never_raise(pack: Callable[..., Path], tmp_path: Path) -> None:
    whole = pack({"lessons/01-a/lesson.md": GOOD, "course.md": GOOD}, compression=zipfile.ZIP_DEFLATED).read_bytes()
    path = tmp_path / "flipped.zip"
    for place in range(len(whole)):
        for bit in (0x01, 0x80, 0xFF):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            found = read(path)
            assert found.lessons or found.refused


def test_a_bomb_is_refused_by_what_it_says(pack: Callable[..., Path]) -> None:
    path = pack({"lessons/01-a/lesson.md": GOOD, "lessons/01-a/video.mp4": bytes(60_000_000)},
                compression=zipfile.ZIP_DEFLATED)  # fmt: skip
    assert path.stat().st_size < 100_000
    assert "zip bomb" in texts(read(path))[0][2]


def test_a_bomb_of_many_files_is_refused_by_what_was_counted(
    pack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_files, "RATIO_FREE", 100_000)
    files = {f"lessons/01-a/pictures/{n}.jpg": bytes(90_000) for n in range(5)}
    found = read(pack({"lessons/01-a/lesson.md": GOOD} | files, compression=zipfile.ZIP_DEFLATED))
    assert found.refused
    assert "zip bomb" in texts(found)[0][2]


def test_files_that_lie_over_one_another_are_refused(pack: Callable[..., Path]) -> None:
    path = pack({"lessons/01-a/lesson.md": GOOD, "lessons/02-b/lesson.md": GOOD})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\1\2")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(data)
    assert "over one another" in texts(read(path))[0][2]


def test_ten_thousand_files_are_refused(pack: Callable[..., Path]) -> None:
    found = read(pack({f"x/{n}": "" for n in range(10_000)}))
    assert texts(found) == [("", None, "There are 10000 files in the archive; at most 5000 fit.")]


def test_an_archive_within_is_not_opened(pack: Callable[..., Path]) -> None:
    found = read(pack({"lessons/01-a/lesson.md": GOOD, "more.zip": b"PK\3\4", "notes.txt": "x"}))
    assert not found.refused
    assert [(file, said[:20]) for file, _, said in texts(found, "warning")] == [
        ("more.zip", "An archive in the ar"), ("notes.txt", "This file belongs to"),
    ]  # fmt: skip


def test_an_archive_without_lessons_says_how_they_look(pack: Callable[..., Path]) -> None:
    assert "lessons/NAME" in texts(read(pack({"course.md": GOOD})))[0][2]


@pytest.mark.parametrize(
    ("front", "line", "sentence"),
    [("title: [x", 3, "not valid YAML"), ("title: a: b", 2, "not valid YAML"),
     ("title: !!python/object/apply:os.system [x]", 2, "Tags"),
     ("a: &a [x]\ntitle: *a", 2, "References"), ("title: A\ntitle: B", 3, "twice"), ("- x", 2, "name: value"),
     ("title: [A]", 2, "one value"), ("title: A\ntopics: {a: b}", 3, "list of words"), ("title: A\nkind: film", 3, "no kind"),
     ("title: A\nplatforms: [tiktok]", 3, "no platform tiktok"), ("title: A\nopens_at: soon", 3, "no time"),
     ("title: A\ntemplate: maybe", 3, "neither yes nor no"), ("topics: [a]", 1, "Give the lesson a title"),
     ("title: A\nopens_at: 2026-01-02\ncloses_at: 2026-01-01", 4, "close after it opens"),
     ("title: A\ntopics:\n  - a b", 4, "no spaces"), ("title: A\npictures:\n  - pictures/1.jpg", 4, "missing from the archive"),
     ("title: A\npictures:\n  - alt: x", 4, "needs its file"), ("title: A\ncover: ../../x.jpg", 3, "own folder"),
     ("title: A\nvideo: video.mp4", 3, "missing from the archive"), ("title: \x07", 2, "cannot be shown"),
     ("a: " + "[" * 40_000, 2, "lists within lists"), ("x: " + "y" * 70_000, 1, "no end"),
     (f"title: {'x' * 201}", 2, "201 characters"),
     ("a: &a [x,x]\n" + "\n".join(f"b{n}: [*a,*a]" for n in range(9)), 2, "References")],
)  # fmt: skip
def test_bad_front_matter_is_told_by_its_line(pack: Callable[..., Path], front: str, line: int, sentence: str) -> None:
    found = read(pack({"lessons/01-a/lesson.md": f"---\n{front}\n---\n", "lessons/02-b/lesson.md": GOOD}))
    assert found.bad() == {"lessons/01-a"}
    assert not found.refused
    told = [(file, at) for file, at, said in texts(found) if sentence in said]
    assert ("lessons/01-a/lesson.md", line) in told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("no front matter", "must be ---"), ("", "must be ---"), ("---\ntitle: A\n", "no end"),
     (f"---\ntitle: A\n---\n{'x' * 20_001}", "20001 characters"), (f"---\ntitle: A\n---\n{'x' * 1_000_001}", "1000 KB")],
)  # fmt: skip
def test_a_bad_text_keeps_its_lesson_out(pack: Callable[..., Path], text: str, sentence: str) -> None:
    found = read(pack({"lessons/01-a/lesson.md": text}))
    assert sentence in texts(found)[0][2]
    assert found.bad() == {"lessons/01-a"}


def test_an_unknown_field_is_said_and_left_out(pack: Callable[..., Path]) -> None:
    found = read(pack({"lessons/01-a/lesson.md": "---\ntitle: A\ntopic: [x]\n---\n"}))
    assert texts(found, "warning") == [
        ("lessons/01-a/lesson.md", 3, "There is no field topic; it was left out. Is topics meant?")
    ]


def test_text_in_gbk_is_read_and_said(pack: Callable[..., Path]) -> None:
    found = read(pack({"lessons/01-a/lesson.md": "---\ntitle: 茶\n---\n好茶".encode("gbk")}))
    assert (found.lessons[0].title, found.lessons[0].body) == ("茶", "好茶")
    assert "read as GBK" in texts(found, "warning")[0][2]
    broken = read(pack({"lessons/01-a/lesson.md": b"---\ntitle: A\n---\n\xff\xfe\xfd\xfc\x81"}))
    assert texts(broken)[0][:2] == ("lessons/01-a/lesson.md", 4)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"<svg onload='alert(1)'/>", "SVG"), (b"GIF89a" + bytes(50), "GIF"), (b"hello", "not a picture"), (b"", "empty"),
     (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 50_000, 50_000) + bytes(20), "pixels"),
     (b"\xff\xd8\xff" + b"<script>" * 9, "damaged")],
)  # fmt: skip
def test_what_is_no_picture_is_told(pack: Callable[..., Path], data: bytes, sentence: str) -> None:
    text = "---\ntitle: A\npictures:\n  - pictures/1.jpg\n---\n"
    found = read(pack({"lessons/01-a/lesson.md": text, "lessons/01-a/pictures/1.jpg": data}))
    assert [(file, sentence in said) for file, _, said in texts(found)] == [("lessons/01-a/pictures/1.jpg", True)]


def test_a_picture_that_is_not_in_the_list_is_said(pack: Callable[..., Path]) -> None:
    text = "---\ntitle: A\npictures:\n  - file: pictures/1.jpg\n    alt: Tea\n    size: big\n---\n"
    found = read(pack({"lessons/01-a/lesson.md": text, "lessons/01-a/pictures/1.jpg": photo(),
                       "lessons/01-a/pictures/2.jpg": photo()}))  # fmt: skip
    assert [each.alt for each in found.lessons[0].pictures] == ["Tea"]
    assert [(line, said[:24]) for _, line, said in texts(found, "warning")] == [
        (6, "There is no field size; "), (4, "pictures/2.jpg is in the")
    ]  # fmt: skip


def test_a_newer_format_is_refused(pack: Callable[..., Path]) -> None:
    found = read(pack({"course.md": "---\nformat: 2\ntitle: x\n---\n", "lessons/01-a/lesson.md": GOOD}))
    assert found.refused
    assert texts(found)[0][:2] == ("course.md", 2)


def test_a_declaration_that_is_none_is_named_with_its_line(pack: Callable[..., Path]) -> None:
    file = "---\ntitle: Tea\ndeclarations: [ai, robots]\n---\n\nText\n"
    found = read(pack({"course.md": "---\nformat: 1\ntitle: C\n---\n", "lessons/1/lesson.md": file}))
    (said,) = texts(found)
    assert said[:2] == ("lessons/1/lesson.md", 3)
    assert "robots" in said[2]


def test_others_have_their_turn_between_lessons_of_an_archive(tmp_path: Path) -> None:
    turns = 0

    async def neighbour() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def made() -> int:
        store, head = open_store(f"file://{tmp_path}/media"), FoundCourse("Tea", "", "")
        busy = asyncio.create_task(neighbour())
        chunks = [chunk async for chunk in archive_chunks(store, RING, head, [lesson(f"Tea {n}") for n in range(50)])]
        busy.cancel()
        return len(chunks)

    assert asyncio.run(made()) > 50
    assert turns >= 50
