"""Import and export through the pages: the round trip is exact, a dry run comes first, all or nothing is written."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient
from PIL import Image

from courses.audit import all_entries
from courses.exchange import runs
from courses.lessons.authoring import lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.media.library import open_store, store_picture
from courses.media.pictures import prepare_picture
from courses.signed_in import SignedIn
from courses.tables.imports import ImportRun
from courses.tables.media import Media
from portal.exchange.importing import present_lessons
from portal.settings import Settings
from tests.media import add_video
from tests.revisions import revisions_of

Run = Callable[..., Any]


def photo(number: int, form: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.effect_noise((90 + number, 60), 70).convert("RGB").save(file, form)
    return file.getvalue()


def send(browser: TestClient, course: UUID | None, name: str, data: bytes) -> str:
    """Send a file; the address of its import."""
    path = f"/courses/{course}/imports" if course else "/courses/import"
    answer = browser.post(path, files={"file": (name, data, "application/octet-stream")})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def finish(browser: TestClient, address: str, **choices: str) -> str:
    """Import, and wait for the page that says what came of it."""
    answer = browser.post(address, data=choices or {"x": "x"})
    assert answer.status_code == 303, answer.text
    for _ in range(200):
        if browser.get(f"{address}/progress").json()["state"] != "running":
            return browser.get(address).text
        time.sleep(0.05)
    raise AssertionError("the import does not end")


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(entries: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def titles(run: Run, course: UUID) -> list[str]:
    return [lesson.title for lesson in run(lessons_of, course)]


def stored(settings: Settings) -> set[str]:
    folder = Path(settings.media.removeprefix("file://"))
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


GOOD = {"lessons/01-a/lesson.md": "---\ntitle: A\n---\n\nText\n"}


@pytest.fixture
def full(run: Run, settings: Settings, alice_person: SignedIn, course: UUID, film: Path) -> UUID:
    """Alice's course with pictures, alt texts, a video with its poster, a template, times and strange titles."""

    async def furnish() -> UUID:
        store = open_store(settings.media)
        pictures = [
            (await store_picture(store, course, f"IMG {n}.HEIC", prepare_picture(photo(n, form)))).id
            for n, form in ((1, "JPEG"), (2, "PNG"), (3, "JPEG"))
        ]
        await create_shared_lesson(alice_person, course, LessonDraft(
            "normal", "../Tea / 茶 😀", "---\nno\n---", ("tea", "茶"), ("xiaohongshu",), pictures, None, pictures[2],
            {pictures[0]: "A cup: hot"}))  # fmt: skip
        await create_shared_lesson(alice_person, course, LessonDraft("normal", "no", "=1+1"))
        with film.open("rb") as file:
            video, poster = await add_video(store, course, "clip.mp4", file)
        await create_shared_lesson(alice_person, course, LessonDraft(
            "video", "Film", "", (), ("xiaohongshu",), (), video.id, poster.id))  # fmt: skip
        return course

    return run(furnish)


def test_the_export_of_an_import_of_an_export_is_the_same(alice: TestClient, full: UUID, run: Run) -> None:
    answer = alice.get(f"/courses/{full}/export")
    assert answer.headers["content-type"] == "application/zip"
    assert "Spring%20campaign" in answer.headers["content-disposition"]
    assert len(files(answer.content)) == 2 + 3 + 3 + 2

    address = send(alice, None, "course.zip", answer.content)
    page = alice.get(address).text
    assert "A new course “Spring campaign 春季” would be made." in page
    result = finish(alice, address)
    assert "3 lessons were added" in result
    copy = UUID(re.search(r'href="/courses/([0-9a-f-]{36})"', result)[1])
    assert copy != full
    again = alice.get(f"/courses/{copy}/export").content
    assert files(again) == files(answer.content)
    assert again == answer.content
    lessons = run(present_lessons, copy)
    assert len(run(class_links, [lesson.id for lesson in lessons])) == 3
    assert [each.note for each in run(revisions_of, lessons[0].id)] == ["imported"]


def test_bytes_without_our_seal_are_written_anew(alice: TestClient, course: UUID, run: Run, settings: Settings) -> None:
    """A polyglot and a photograph with its place lose what is no picture."""
    hostile = photo(1) + b"<script>alert(1)</script>PK\x03\x04"
    data = pack(GOOD | {"lessons/01-a/pictures/1.jpg": hostile, "lessonlink.json": '{"seals": {"x": "y"}}'})
    assert "1 lesson was added" in finish(alice, send(alice, course, "a.zip", data))
    [picture] = run(lessons_of, course)[0].pictures
    kept = files(alice.get(f"/courses/{course}/export").content)["lessons/01-A/pictures/01-1.jpg"]
    assert b"script" not in kept
    assert kept.startswith(b"\xff\xd8\xff")
    assert picture.name == "1.jpg"


def test_a_dry_run_changes_nothing_and_tells_every_reason(
    alice: TestClient, course: UUID, run: Run, settings: Settings
) -> None:
    data = pack(GOOD | {
        "lessons/02-b/lesson.md": "---\ntitle: B\npictures: [pictures/1.jpg]\ncolour: red\n---\n",
        "lessons/03-c/lesson.md": "---\ntitle: C\n---\n", "lessons/03-c/pictures/x.jpg": b"<svg/>",
    })  # fmt: skip
    address = send(alice, course, "a.zip", data)
    page = alice.get(address).text
    assert "3 lessons were found" in page
    assert "lessons/02-b/lesson.md, line 3" in page
    assert "is missing from the archive" in page
    assert "There is no field colour; it was left out." in page
    assert "SVG drawings cannot be used" in page
    assert titles(run, course) == []
    refused = alice.post(address, data={"x": "x"})
    assert refused.status_code == 409
    assert "Some lessons have errors" in refused.text
    assert titles(run, course) == []
    assert "2 had errors" in finish(alice, address, good_only="1")
    assert titles(run, course) == ["A"]


def test_a_picture_that_only_decoding_finds_broken_stops_the_whole_import(
    alice: TestClient, course: UUID, run: Run, settings: Settings
) -> None:
    file = io.BytesIO()
    Image.effect_noise((900, 600), 70).convert("RGB").save(file, "JPEG")
    before = stored(settings)
    data = pack(GOOD | {"lessons/01-a/pictures/1.jpg": photo(1), "lessons/02-b/lesson.md": "---\ntitle: B\n---\n",
                        "lessons/02-b/pictures/1.jpg": file.getvalue()[:9_000]})  # fmt: skip
    address = send(alice, course, "a.zip", data)
    page = finish(alice, address)
    assert "Nothing was imported" in page
    assert "damaged or incomplete" in page
    assert (titles(run, course), run(lambda: Media.count().run())) == ([], 0)
    assert {path for path in stored(settings) - before if not path.startswith("imports/")} == set()
    assert "1 had errors" in finish(alice, address, good_only="1")
    assert titles(run, course) == ["A"]
    assert not any(path.startswith("imports/") for path in stored(settings)), "the file is gone once it is taken over"


def test_what_is_there_already_is_left_replaced_or_copied(alice: TestClient, full: UUID, run: Run) -> None:
    data = alice.get(f"/courses/{full}/export").content
    page = alice.get(address := send(alice, full, "a.zip", data)).text
    assert page.count("Here already, the same") == 3
    assert "Nothing is chosen" in alice.post(address, data={"x": "x"}).text

    entries = files(data)
    entries["lessons/02-no/lesson.md"] = entries["lessons/02-no/lesson.md"].replace(b"=1+1", b"two")
    address = send(alice, full, "a.zip", pack(entries))
    assert "Here already, with other content" in alice.get(address).text
    result = finish(alice, address, **{"step-1": "replace", "step-0": "add"})
    assert "1 lesson was added · 1 replaced · 1 left out" in result
    lessons = run(lessons_of, full)
    assert [(lesson.title, lesson.version) for lesson in lessons] == [
        ("../Tea / 茶 😀", 1), ("no", 2), ("Film", 1), ("../Tea / 茶 😀", 1)
    ]  # fmt: skip
    assert lessons[1].body == "two"
    assert next(each.note for each in run(revisions_of, lessons[1].id)) == "imported"
    entry = next(each for each in run(all_entries, full) if each.action == "course.import")
    assert (entry.label, entry.detail["added"], entry.detail["replaced"]) == ("a.zip", 1, 1)

    alice.post(f"{address}/undo", data={"x": "x"})
    assert "The import was undone" in alice.get(address).text
    lessons = run(lessons_of, full)
    assert [(lesson.title, lesson.body) for lesson in lessons][1] == ("no", "=1+1")
    assert len(lessons) == 3
    assert alice.post(f"{address}/undo", data={"x": "x"}).status_code == 409


def test_a_list_from_excel_is_read_and_can_be_read_otherwise(alice: TestClient, course: UUID, run: Run) -> None:
    address = send(alice, course, "课程.csv", "标题;正文;话题\r\n茶;好茶;#茶\r\n;没有标题;\r\n".encode("gbk"))
    page = alice.get(address).text
    assert '<option value="gb18030" selected>' in page
    assert "课程.csv, line 3" in page
    assert alice.post(f"{address}/encoding", data={"encoding": "big5"}).status_code == 303
    assert "茶" not in alice.get(address).text
    alice.post(f"{address}/encoding", data={"encoding": "gb18030"})
    finish(alice, address, good_only="1")
    [lesson] = run(lessons_of, course)
    assert (lesson.title, lesson.body, lesson.topics) == ("茶", "好茶", ("茶",))


def test_the_list_comes_back_and_keeps_pictures(alice: TestClient, full: UUID, run: Run) -> None:
    data = alice.get(f"/courses/{full}/lessons.csv").content
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=1+1" in data
    address = send(alice, full, "a.csv", data.replace(b"tea", b"coffee"))
    page = alice.get(address).text
    assert page.count("Here already, the same") == 2
    before = run(lessons_of, full)[0]
    finish(alice, address, **{"step-0": "replace"})
    after = run(lessons_of, full)[0]
    assert after.topics == ("coffee", "茶")
    assert [(each.id, each.alt) for each in after.pictures] == [(each.id, each.alt) for each in before.pictures]


def test_some_lessons_can_be_exported(alice: TestClient, full: UUID, run: Run) -> None:
    second = run(lessons_of, full)[1].id
    answer = alice.get(f"/courses/{full}/export", params={"lesson": [str(second)]})
    assert list(files(answer.content)) == ["course.md", "lessonlink.json", "lessons/01-no/lesson.md"]
    assert alice.get(f"/courses/{full}/export", params={"lesson": [str(uuid4())]}).status_code == 404


def test_a_hostile_archive_is_shown_with_its_reason(alice: TestClient, course: UUID, run: Run) -> None:
    page = alice.get(address := send(alice, course, "evil.zip", pack(GOOD | {"../x": "x"}))).text
    assert "This file cannot be imported. Nothing has changed." in page
    assert "leads out of the archive" in page
    assert alice.post(address, data={"x": "x"}).status_code == 409
    assert alice.get(send(alice, course, "x.zip", b"no zip")).text.count("This is not a zip archive.") == 1
    assert titles(run, course) == []


def test_without_a_file_the_form_says_so(alice: TestClient, course: UUID) -> None:
    answer = alice.post(f"/courses/{course}/imports", files={"file": ("", b"", "application/octet-stream")})
    assert (answer.status_code, "Choose a zip archive or a CSV list." in answer.text) == (422, True)
    answer = alice.post("/courses/import", files={"file": ("a.csv", b"title\nA\n", "text/csv")})
    assert (answer.status_code, "goes into a course" in answer.text) == (422, True)


def test_an_archive_without_its_course_makes_none(alice: TestClient) -> None:
    address = send(alice, None, "a.zip", pack(GOOD))
    assert "There is no course.md in this archive" in alice.get(address).text
    before = alice.get("/courses").content
    answer = alice.post(address, data={"x": "x"})
    assert answer.status_code == 409
    assert alice.get("/courses").content == before


def test_another_person_knows_nothing_of_an_import(alice: TestClient, bob: TestClient, course: UUID, run: Run) -> None:
    address = send(alice, course, "a.zip", pack(GOOD))
    for method in ("GET", "POST"):
        theirs, nobodys = (
            bob.request(method, f"{address.rpartition('/')[0]}/{run_id}")
            for run_id in (address.rpartition("/")[2], uuid4())
        )
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.content == nobodys.content
    assert run(lessons_of, course) == []


def test_only_one_try_can_end_and_a_dead_one_can_be_followed(
    alice: TestClient, course: UUID, run: Run, alice_person: SignedIn
) -> None:
    address = send(alice, course, "a.zip", pack(GOOD))
    info = run(runs.import_run, alice_person, UUID(address.rpartition("/")[2]))
    run(runs.begin, info, 5)
    assert "Importing …" in alice.get(address).text
    assert alice.post(address, data={"x": "x"}).status_code == 303
    assert titles(run, course) == []
    silence = info.created_at - runs.SILENCE - runs.SILENCE
    run(lambda: ImportRun.update({ImportRun.beat_at: silence}, force=True).run())
    assert "stopped half-way" in alice.get(address).text
    assert "1 lesson was added" in finish(alice, address)
    assert titles(run, course) == ["A"]


def test_old_imports_are_swept_with_their_files(alice: TestClient, course: UUID, run: Run, settings: Settings) -> None:
    send(alice, course, "a.zip", pack(GOOD))
    assert len([path for path in stored(settings) if path.startswith("imports/")]) == 2
    store = open_store(settings.media)
    assert run(runs.sweep_runs, store) == 0
    run(lambda: ImportRun.update({ImportRun.expires_at: ImportRun.created_at}, force=True).run())
    assert run(runs.sweep_runs, store) == 1
    assert not [path for path in stored(settings) if path.startswith("imports/")]
