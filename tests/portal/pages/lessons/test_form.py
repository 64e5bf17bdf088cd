"""Write and change a lesson, without scripts: one form with all in it, which comes back whole."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.testing import TestClient
from PIL import Image

from courses.catalogue.courses import create_course
from courses.lessons.authoring import lessons_of
from courses.lessons.links import class_links
from courses.lessons.values import LessonInfo
from courses.media.library import open_store, store_picture
from courses.media.pictures import prepare_picture
from courses.signed_in import SignedIn
from courses.tables.media import Media
from portal.settings import Settings

TEXT = {"title": "Tea 茶", "body": "Find **light**.", "topics": "#a#b, c", "kind": "normal", "platforms": "xiaohongshu"}
NASTY = ["<script>alert(1)</script>", "{{7*7}}", "=cmd()", "a\r\nSet-Cookie: x=1", "'\"><img src=x>"]


def photo(shade: int = 100, form: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, 80, 90)).save(file, form)
    return file.getvalue()


def png_bomb() -> bytes:
    """A PNG that claims 50,000 × 50,000 pixels."""
    data = bytearray(photo(1, "PNG"))
    data[16:24] = (50_000).to_bytes(4, "big") * 2
    return bytes(data)


def send(browser: TestClient, path: str, text: dict[str, Any], *files: tuple[str, str, bytes]) -> Response:
    """The form as a browser sends it: texts, also several of one name, and files (field, name, content)."""
    parts: list[tuple[str, Any]] = []
    for name, value in text.items():
        parts += [(name, (None, one)) for one in (value if isinstance(value, list) else [value])]
    parts += [(field, (name, content)) for field, name, content in files]
    return browser.post(path, files=parts)


def fields(page: str, name: str) -> list[str]:
    """The values of a form's inputs of one name, without those in its <template>."""
    whole = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    return [
        value for tag in re.findall(r"<input[^>]*>", whole) if f'name="{name}"' in tag
        for value in re.findall(r'value="([^"]*)"', tag)
    ]  # fmt: skip


@pytest.fixture
def lessons(run: Callable[..., Any], course: UUID) -> Callable[[], list[LessonInfo]]:
    return lambda: run(lessons_of, course)


@pytest.fixture
def film(film: Path) -> bytes:
    return film.read_bytes()


def test_new_form_is_empty(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}/lessons/new").text
    assert fields(page, "title") == [""]
    assert fields(page, "picture") == []
    assert 'value="normal" checked' in page
    assert 'value="xiaohongshu" checked' in page


def test_lesson_is_made_with_its_pictures_and_link(
    alice: TestClient, course: UUID, lessons: Any, run: Callable[..., Any]
) -> None:
    files = [("pictures", f"{n}.{form.lower()}", photo(n, form)) for n, form in enumerate(("JPEG", "PNG", "WEBP"))]
    answer = send(alice, f"/courses/{course}/lessons", TEXT, *files)
    assert answer.status_code == 303, answer.text
    (made,) = lessons()
    assert answer.headers["location"] == f"/lessons/{made.id}?done=created"
    assert (made.kind, made.title, made.body, made.topics) == ("normal", "Tea 茶", "Find **light**.", ("a", "b", "c"))
    assert [picture.format for picture in made.pictures] == ["jpeg", "png", "jpeg"]
    assert [picture.name for picture in made.pictures] == ["0.jpeg", "1.png", "2.webp"]
    assert made.id in run(class_links, [made.id])
    assert "The lesson is saved, and its link is ready." in alice.get(answer.headers["location"]).text


def test_video_lesson_gets_a_cover_of_its_own_or_the_one_that_was_given(
    alice: TestClient, course: UUID, lessons: Any, film: bytes
) -> None:
    text = TEXT | {"kind": "video"}
    send(alice, f"/courses/{course}/lessons", text, ("video_file", "tea.mp4", film))
    given = ("poster_file", "cover.png", photo(9, "PNG"))
    send(alice, f"/courses/{course}/lessons", text, ("video_file", "tea.mp4", film), given)
    plain, covered = lessons()
    assert (plain.kind, plain.video.kind, plain.cover.format, plain.pictures) == ("video", "video", "jpeg", ())
    assert (covered.cover.format, covered.cover.name) == ("png", "cover.png")


def test_form_comes_back_with_everything_and_its_uploads(
    alice: TestClient, course: UUID, lessons: Any, film: bytes
) -> None:
    files = [("pictures", "a.jpg", photo(1)), ("pictures", "b.jpg", photo(2)), ("video_file", "tea.mp4", film)]
    text = TEXT | {"title": "x" * 10_000, "body": "Kept **text**", "topics": "#kept"}
    answer = send(alice, f"/courses/{course}/lessons", text, *files)
    assert answer.status_code == 422
    assert "10000 characters; at most 200 fit." in answer.text
    assert lessons() == []
    page = answer.text
    assert fields(page, "title") == ["x" * 10_000]
    assert "Kept **text**</textarea>" in page
    assert fields(page, "topics") == ["#kept"]
    pictures, video, poster = fields(page, "picture"), fields(page, "video_id"), fields(page, "poster")
    assert len(pictures) == 2
    assert video[0]
    assert poster[0]
    again = TEXT | {"picture": pictures, "order": ["1", "2"], "video_id": video, "poster": poster}
    assert send(alice, f"/courses/{course}/lessons", again).status_code == 303
    assert [str(picture.id) for picture in lessons()[0].pictures] == pictures


BAD_FILES = [
    ("note.jpg", b"just a text", "This file is not a picture that we can read."),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "SVG drawings cannot be used."),
    ("bomb.png", png_bomb(), "50000 × 50000 pixels"),
    ("half.jpg", photo()[:400], "damaged or incomplete"),
    ("empty.jpg", b"", "The file is empty."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "words"), BAD_FILES, ids=[name for name, _, _ in BAD_FILES])
def test_a_bad_file_is_named_and_the_good_ones_are_kept(
    alice: TestClient, course: UUID, lessons: Any, run: Callable[..., Any], name: str, data: bytes, words: str
) -> None:
    answer = send(alice, f"/courses/{course}/lessons", TEXT, ("pictures", "a.jpg", photo()), ("pictures", name, data))
    assert answer.status_code == 422
    assert f"<b>{name}</b>: " in answer.text
    assert words in answer.text
    assert len(fields(answer.text, "picture")) == 1
    assert fields(answer.text, "title") == ["Tea 茶"]
    assert lessons() == []
    assert run(lambda: Media.count().run()) == 1


def test_a_file_in_the_wrong_place_is_told(alice: TestClient, course: UUID, lessons: Any, film: bytes) -> None:
    wrong = send(alice, f"/courses/{course}/lessons", TEXT, ("pictures", "tea.mp4", film))
    assert "This is a video. Choose “Video” above, and then the file." in wrong.text
    other = send(alice, f"/courses/{course}/lessons", TEXT, ("video_file", "a.jpg", photo()))
    assert "This is a picture, not a video." in other.text
    assert (wrong.status_code, other.status_code, lessons()) == (422, 422, [])


def test_a_file_problem_and_a_field_problem_are_told_together(alice: TestClient, course: UUID) -> None:
    page = send(alice, f"/courses/{course}/lessons", TEXT | {"title": " "}, ("pictures", "a.jpg", b"x")).text
    assert "Give the lesson a title." in page
    assert "<b>a.jpg</b>: " in page


def test_a_long_or_nasty_file_name_is_shown_as_text(alice: TestClient, course: UUID) -> None:
    page = send(alice, f"/courses/{course}/lessons", TEXT, ("pictures", f"../<b>{'n' * 300}.jpg", b"x")).text
    assert f"<b>&lt;b&gt;{'n' * 56}…</b>: " in page


@pytest.mark.parametrize("name", ["title", "body", "topics"])
@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_text_is_kept_as_text(alice: TestClient, course: UUID, lessons: Any, name: str, nasty: str) -> None:
    answer = send(alice, f"/courses/{course}/lessons", TEXT | {name: nasty})
    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers
    (made,) = lessons()
    kept = {"title": made.title, "body": made.body, "topics": " ".join(made.topics)}[name]
    assert kept == (nasty.replace("\r\n", "\n") if name == "body" else " ".join(nasty.split()).replace(",", " "))


def test_fields_that_the_form_does_not_have_are_ignored(alice: TestClient, course: UUID, lessons: Any) -> None:
    more = {"owner_id": "x", "id": str(uuid4()), "course": str(uuid4()), "created_at": "1970-01-01", "deleted_at": "1"}
    assert send(alice, f"/courses/{course}/lessons", TEXT | more).status_code == 303
    (made,) = lessons()
    assert made.course == course


@pytest.mark.parametrize("kind", ["", "audio", "<script>"])
def test_an_unknown_type_is_refused_or_pictures(alice: TestClient, course: UUID, lessons: Any, kind: str) -> None:
    answer = send(alice, f"/courses/{course}/lessons", TEXT | {"kind": kind})
    assert answer.status_code == (422 if kind else 303)
    assert ("Choose pictures or video." in answer.text) == bool(kind)


def test_no_platform_is_told(alice: TestClient, course: UUID) -> None:
    answer = send(alice, f"/courses/{course}/lessons", {**TEXT, "platforms": ["myspace"]})
    assert answer.status_code == 422
    assert "Choose at least one platform." in answer.text


def test_nineteen_pictures_are_too_many_and_none_is_lost(alice: TestClient, course: UUID) -> None:
    files = [("pictures", f"{n}.jpg", photo(n)) for n in range(19)]
    answer = send(alice, f"/courses/{course}/lessons", TEXT, *files)
    assert answer.status_code == 422
    assert "At most 18 pictures." in answer.text
    assert len(fields(answer.text, "picture")) == 19


def test_media_of_another_course_are_refused(
    alice: TestClient, alice_person: SignedIn, course: UUID, lessons: Any, run: Callable[..., Any], settings: Settings
) -> None:
    other = run(create_course, alice_person, "Other")
    foreign = run(store_picture, open_store(settings.media), other, "a.jpg", prepare_picture(photo()))
    for form in ({"picture": str(foreign.id)}, {"cover": str(foreign.id)}, {"picture": str(uuid4())}, {"picture": "x"}):
        answer = send(alice, f"/courses/{course}/lessons", TEXT | form)
        assert answer.status_code == 422
        assert "is not in this course. Upload it again." in answer.text
        assert str(foreign.id) not in answer.text
    film = send(alice, f"/courses/{course}/lessons", TEXT | {"kind": "video", "video_id": str(foreign.id)})
    assert "The video is not in this course." in film.text
    assert lessons() == []


def test_edit_shows_the_lesson_and_changes_nothing_by_itself(alice: TestClient, classroom: Any, lessons: Any) -> None:
    before = lessons()[0]
    page = alice.get(f"/lessons/{classroom.lesson}/edit").text
    assert fields(page, "title") == ["Tea 茶"]
    assert fields(page, "topics") == ["#tea #茶"]
    pictures = fields(page, "picture")
    assert pictures == [str(picture.id) for picture in before.pictures]
    form = TEXT | {"title": before.title, "body": before.body, "topics": "#tea #茶", "picture": pictures,
                   "order": fields(page, "order"), "cover": ""}  # fmt: skip
    answer = send(alice, f"/lessons/{classroom.lesson}", form)
    assert answer.headers["location"] == f"/lessons/{classroom.lesson}?done=saved"
    (after,) = lessons()
    assert after == before


def test_order_cover_and_removal_work_without_scripts(alice: TestClient, classroom: Any, lessons: Any) -> None:
    first, second = (str(picture.id) for picture in lessons()[0].pictures)
    form = TEXT | {"picture": [first, second], "order": ["2", "1"], "cover": first}
    send(alice, f"/lessons/{classroom.lesson}", form, ("pictures", "new.jpg", photo(7)))
    (turned,) = lessons()
    assert [str(picture.id) for picture in turned.pictures][:2] == [second, first]
    assert turned.pictures[2].name == "new.jpg"
    assert str(turned.cover.id) == first
    all_three = [str(picture.id) for picture in turned.pictures]
    form = TEXT | {"picture": all_three, "order": ["1", "2", "3"], "cover": first, "remove": first}
    send(alice, f"/lessons/{classroom.lesson}", form)
    (left,) = lessons()
    assert [str(picture.id) for picture in left.pictures] == [second, all_three[2]]
    assert left.cover is None


def test_removal_survives_an_error(alice: TestClient, classroom: Any, lessons: Any) -> None:
    first, second = (str(picture.id) for picture in lessons()[0].pictures)
    form = TEXT | {"title": "", "picture": [first, second], "order": ["1", "2"], "remove": first, "cover": second}
    page = send(alice, f"/lessons/{classroom.lesson}", form).text
    assert fields(page, "picture") == [first, second]
    assert f'name="remove" value="{first}" checked' in page
    assert f'name="cover" value="{second}" checked' in page


def test_a_change_keeps_the_link(alice: TestClient, classroom: Any, run: Callable[..., Any]) -> None:
    send(alice, f"/lessons/{classroom.lesson}", TEXT)
    assert run(class_links, [classroom.lesson])[classroom.lesson] == classroom.link


def test_a_form_of_another_kind_is_refused(alice: TestClient, course: UUID, lessons: Any) -> None:
    answer = alice.post(f"/courses/{course}/lessons", data=TEXT)
    assert answer.status_code == 415
    assert "This address takes another type of content." in answer.text
    assert lessons() == []


def test_a_form_over_the_limit_is_refused_before_it_is_read(alice: TestClient, course: UUID, lessons: Any) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(1 << 40)}
    answer = alice.post(f"/courses/{course}/lessons", content=b"--x", headers=headers)
    assert answer.status_code == 413
    assert "That is too large to be taken." in answer.text
    assert lessons() == []


def test_new_lesson_of_another_site_or_in_anothers_course_is_refused(
    alice: TestClient, bob: TestClient, course: UUID, lessons: Any, cross_site: dict[str, str]
) -> None:
    forged = alice.post(f"/courses/{course}/lessons", files={"title": (None, "T")}, headers=cross_site)
    assert forged.status_code == 403
    assert "it came from another site" in forged.text
    picture = ("pictures", "a.jpg", photo())
    theirs, nobodys = (send(bob, f"/courses/{identity}/lessons", TEXT, picture) for identity in (course, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert lessons() == []


def test_form_speaks_chinese(alice: TestClient, course: UUID) -> None:
    alice.headers["accept-language"] = "zh-CN"
    answer = send(alice, f"/courses/{course}/lessons", TEXT | {"title": ""}, ("pictures", "a.jpg", b"text"))
    assert "还没有保存" in answer.text
    assert "保存并生成链接" in answer.text
    assert not re.search(r'class="error[^>]*>[^<]*[A-Za-z]{4} [a-z]{4}', answer.text)


def test_declarations_are_ticked_kept_and_taken_off_again(alice: TestClient, course: UUID, lessons: Any) -> None:
    page = alice.get(f"/courses/{course}/lessons/new").text
    assert fields(page, "declarations") == ["ai", "fiction", "opinion", "advertising", "in_text"]
    ticked = TEXT | {"declarations": ["in_text", "ai", "rubbish"]}
    assert send(alice, f"/courses/{course}/lessons", ticked).status_code == 303
    (lesson,) = lessons()
    assert lesson.declarations == ("ai", "in_text")
    page = alice.get(f"/lessons/{lesson.id}/edit").text
    shown = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="declarations"' in tag and " checked" in tag]
    assert [re.findall('value="([^"]*)"', tag)[0] for tag in shown] == ["ai", "in_text"]
    send(alice, f"/lessons/{lesson.id}", TEXT)
    (lesson,) = lessons()
    assert lesson.declarations == ()
    history = alice.get(f"/lessons/{lesson.id}/history").text
    assert "declarations" in history
    assert "Made with AI" in alice.get(f"/lessons/{lesson.id}/history/1").text
