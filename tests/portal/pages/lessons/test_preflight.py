"""The preflight's addresses: what is typed is checked and mended without being saved, what is saved is mended with a trace."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient
from PIL import Image

from courses.lessons.authoring import create_lesson, edit_lesson, lesson_by_id
from courses.lessons.values import LessonDraft
from courses.media.library import media_key, media_of, open_store, read_media, store_picture
from courses.media.pictures import prepare_picture
from courses.media.values import MediaInfo
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson
from portal.platforms.limits import Between, Most, OneOf
from portal.platforms.xiaohongshu.adapter import XiaoHongShu
from tests.revisions import revisions_of

FORM = {"kind": "normal", "title": "Tea 茶", "body": "正文", "topics": "#茶", "platforms": "xiaohongshu"}


def sent(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    fields = FORM | changes
    return {
        "files": [
            (name, (None, text))
            for name, value in fields.items()
            for text in (value if isinstance(value, list) else [value])
        ]
    }


def picture_file(form: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    image = Image.effect_noise(size, 60).convert(mode)
    if mode == "RGBA":
        image.putalpha(128)
    image.save(file, form)
    return file.getvalue()


@pytest.fixture
def picture(run: Callable[..., Any], settings: Any, course: UUID) -> Callable[..., MediaInfo]:
    """Store one: picture("WEBP", (900, 1200))."""

    def picture(form: str = "JPEG", size: tuple[int, int] = (900, 1200), mode: str = "RGB") -> MediaInfo:
        prepared = prepare_picture(picture_file(form, size, mode))
        return run(store_picture, open_store(settings.media), course, f"a.{form.lower()}", prepared)

    return picture


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A XiaoHongShu that takes small JPEGs alone: limits are data."""
    limits = XiaoHongShu.limits
    pictures = replace(
        limits.pictures,
        bytes=Most(200_000),
        formats=OneOf(frozenset({"jpeg"}), "error"),
        longest_side=Between(most=1000, level="error"),
    )
    monkeypatch.setattr(XiaoHongShu, "limits", replace(limits, pictures=pictures))


def test_what_is_typed_is_checked_and_not_saved(
    alice: TestClient, run: Callable[..., Any], course: UUID, picture: Callable[..., MediaInfo]
) -> None:
    answer = alice.post(f"/courses/{course}/preflight", **sent(title="字" * 21, picture=str(picture().id)))
    assert answer.status_code == 200
    body = answer.json()
    assert body["findings"] == [
        {
            "code": "title_too_long", "level": "error", "where": "title", "repair": None, "platform": "xiaohongshu",
            "message": "The title counts as 21 characters; XiaoHongShu takes 20.",
        }
    ]  # fmt: skip
    assert body["lengths"] == {
        "xiaohongshu": {"title": {"count": 21, "limit": 20}, "body": {"count": 7, "limit": 1000}}
    }
    assert body["said"] == "1 thing to look at"
    assert '<del class="beyond">字</del>' in body["html"]
    assert run(lambda: Lesson.count().run()) == 0


def test_checking_takes_few_queries_however_many_pictures(
    alice: TestClient, course: UUID, picture: Callable[..., MediaInfo], counted: Any
) -> None:
    ids = [str(picture(size=(600, 800 + number)).id) for number in range(3)]
    taken = []
    for number in (1, 3):
        with counted() as queries:
            assert alice.post(f"/courses/{course}/preflight", **sent(picture=ids[:number])).status_code == 200
        taken.append(len(queries))
    assert taken[0] == taken[1]
    # who is signed in, the course, the media
    assert taken[0] <= 4, taken


def test_pictures_are_counted_as_they_stand_in_the_form(
    alice: TestClient, course: UUID, picture: Callable[..., MediaInfo]
) -> None:
    gone, tall, good = picture(size=(100, 100)), picture(size=(600, 1900)), picture()
    pictures = {"picture": [str(good.id), str(gone.id), str(tall.id)], "order": ["3", "1", "2"], "remove": str(gone.id)}
    body = alice.post(f"/courses/{course}/preflight", **sent(**pictures)).json()
    assert [(each["code"], each["where"]) for each in body["findings"]] == [("picture_shape", "pictures[0]")]


def test_a_video_beside_pictures_is_told(alice: TestClient, course: UUID, picture: Callable[..., MediaInfo]) -> None:
    body = alice.post(f"/courses/{course}/preflight", **sent(kind="video", picture=str(picture().id))).json()
    assert [each["code"] for each in body["findings"]] == ["media_mixed", "video_missing", "cover_missing"]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "\u200b" * 500, "body": "字" * 300_000, "topics": "#" * 5000},
        {
            "picture": ["not an id", "00000000-0000-0000-0000-000000000000"],
            "cover": "x",
            "video_id": "y",
            "poster": "z",
        },
        {"kind": "<script>alert(1)</script>", "platforms": "nowhere"},
        {"title": "<script>alert(1)</script>" * 3, "body": "<img src=x onerror=alert(1)>\n\n{{7*7}}", "topics": "<b>"},
        {name: "" for name in FORM},
    ],
)
def test_no_form_is_too_odd(alice: TestClient, course: UUID, changes: dict[str, Any]) -> None:
    answer = alice.post(f"/courses/{course}/preflight", **sent(**changes))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.json()["html"]
    assert "<img src=x" not in answer.json()["html"]


def test_markup_from_others_courses_is_not_shown(
    alice: TestClient, bob: TestClient, run: Callable[..., Any], course: UUID, picture: Callable[..., MediaInfo]
) -> None:
    """Media of another course are as if they were not there."""
    theirs = picture()
    bobs = bob.post("/courses", data={"title": "Bob's"}).headers["location"].split("/")[2]
    body = bob.post(f"/courses/{bobs}/preflight", **sent(picture=str(theirs.id))).json()
    assert [each["code"] for each in body["findings"]] == ["pictures_missing"]
    answer = bob.post(
        f"/courses/{bobs}/preflight/repair", **sent(picture=str(theirs.id), code="picture_format", where="pictures[0]")
    )
    assert answer.status_code == 404


def test_text_is_mended_without_being_saved(alice: TestClient, run: Callable[..., Any], course: UUID) -> None:
    address = f"/courses/{course}/preflight/repair"
    answer = alice.post(address, **sent(body="#茶#水", code="topics_glued", where="body"))
    assert answer.json() == {"fields": {"body": "#茶 #水"}, "replaced": [], "done": "Repaired.", "undo": "Undo"}
    answer = alice.post(address, **sent(topics="AI ai", code="topic_twice", where="topics[1]"))
    assert answer.json()["fields"] == {"topics": "#AI"}
    for code, where in (("title_too_long", "title"), ("", ""), ("picture_format", "pictures[0]")):
        assert alice.post(address, **sent(code=code, where=where)).status_code == 422
    assert run(lambda: Lesson.count().run()) == 0


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(
    ("form", "mode", "codes"),
    [
        ("PNG", "RGBA", {"picture_format", "picture_too_large", "picture_too_big"}),
        ("JPEG", "RGB", {"picture_too_large", "picture_too_big"}),
    ],
)
def test_a_picture_is_made_anew_in_a_form_that_fits(
    alice: TestClient,
    run: Callable[..., Any],
    settings: Any,
    course: UUID,
    picture: Any,
    form: str,
    mode: str,
    codes: set[str],
) -> None:
    old, other = picture(form, (1200, 1600), mode), picture(size=(600, 800))
    shown = {"picture": [str(other.id), str(old.id)]}
    before = alice.post(f"/courses/{course}/preflight", **sent(**shown)).json()["findings"]
    assert {each["code"] for each in before if each["where"] == "pictures[1]"} == codes
    assert all(each["repair"] for each in before if each["where"] == "pictures[1]")
    answer = alice.post(f"/courses/{course}/preflight/repair", **sent(code=codes.pop(), where="pictures[1]", **shown))
    assert answer.status_code == 200, answer.text
    (change,) = answer.json()["replaced"]
    assert change["old"] == str(old.id)
    new = run(media_of, course, [UUID(change["new"]["id"])])[UUID(change["new"]["id"])]
    assert (new.format, max(new.width, new.height) <= 1000, new.size <= 200_000) == ("jpeg", True, True)
    assert abs(new.width / new.height - 3 / 4) < 0.01
    shown = {"picture": [str(other.id), str(new.id)]}
    assert not [
        each for each in alice.post(f"/courses/{course}/preflight", **sent(**shown)).json()["findings"]
        if each["where"] == "pictures[1]" and each["repair"]
    ]  # fmt: skip
    if mode == "RGBA":

        async def bytes_of() -> bytes:
            return b"".join(
                [chunk async for chunk in (await read_media(open_store(settings.media), media_key(new))).chunks]
            )

        assert Image.open(io.BytesIO(run(bytes_of))).mode in ("RGB", "L")


def test_the_saved_lesson_is_mended_with_a_trace(
    alice: TestClient, run: Callable[..., Any], course: UUID, picture: Callable[..., MediaInfo]
) -> None:
    first = picture()
    draft = LessonDraft(
        "normal", "茶", "#茶#水\n\n\n\n\n好", ("AI", "ai"), pictures=[first.id], alts={first.id: "A cup"}
    )
    lesson = run(create_lesson, None, course, draft)
    page = alice.get(f"/lessons/{lesson}/preview").text
    assert page.count(f'action="/lessons/{lesson}/repairs"') == 3
    for code, where in (("topics_glued", "body"), ("white_space", "body"), ("topic_twice", "topics[1]")):
        answer = alice.post(f"/lessons/{lesson}/repairs", data={"code": code, "where": where})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/lessons/{lesson}/preview?done=repaired")
    found = run(lesson_by_id, lesson)
    assert (found.title, found.body, found.topics) == ("茶", "#茶 #水\n\n好", ("AI",))
    assert (found.draft.pictures, found.draft.alts) == ((first.id,), {first.id: "A cup"})
    assert [each.note for each in run(revisions_of, lesson)][:-1] == ["repaired"] * 3
    page = alice.get(answer.headers["location"]).text
    assert "Repaired and saved." in page
    assert "/repairs" not in page


@pytest.mark.usefixtures("narrow")
def test_a_picture_of_the_saved_lesson_keeps_its_place_and_description(
    alice: TestClient, run: Callable[..., Any], course: UUID, picture: Callable[..., MediaInfo]
) -> None:
    first, second = picture("PNG", (1200, 1600), "RGBA"), picture(size=(600, 800))
    draft = LessonDraft("normal", "茶", "", pictures=[first.id, second.id], cover=first.id, alts={first.id: "A cup"})
    lesson = run(create_lesson, None, course, draft)
    answer = alice.post(f"/lessons/{lesson}/repairs", data={"code": "picture_format", "where": "pictures[0]"})
    assert answer.status_code == 303
    found = run(lesson_by_id, lesson)
    assert [each.format for each in found.pictures] == ["jpeg", "jpeg"]
    assert found.pictures[1].id == second.id
    assert (found.pictures[0].alt, found.cover.id) == ("A cup", found.pictures[0].id)


def test_a_repair_changes_nothing_that_it_is_not_about(
    alice: TestClient, run: Callable[..., Any], course: UUID, picture: Callable[..., MediaInfo]
) -> None:
    """Pictures beside a video, which the form would let go, stay."""
    lesson = run(create_lesson, None, course, LessonDraft("video", "茶", "#茶#水", pictures=[picture().id]))
    alice.post(f"/lessons/{lesson}/repairs", data={"code": "topics_glued", "where": "body"})
    found = run(lesson_by_id, lesson)
    assert (found.body, len(found.pictures)) == ("#茶 #水", 1)


def test_a_change_in_between_is_not_overwritten(
    alice: TestClient, alice_person: SignedIn, run: Callable[..., Any], course: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = run(create_lesson, None, course, LessonDraft("normal", "茶", "#茶#水"))
    stale = run(lesson_by_id, lesson)
    run(edit_lesson, alice_person, stale, replace(stale.draft, body="Newer"))

    async def as_it_was(*_: Any, **__: Any) -> Any:
        return stale

    monkeypatch.setattr("portal.pages.lessons.preflight.lesson_of", as_it_was)
    answer = alice.post(f"/lessons/{lesson}/repairs", data={"code": "topics_glued", "where": "body"})
    assert answer.status_code == 409
    assert run(lesson_by_id, lesson).body == "Newer"


def test_viewers_see_findings_and_no_repairs(bob: TestClient, run: Callable[..., Any], course: UUID) -> None:
    lesson = run(create_lesson, None, course, LessonDraft("normal", "茶", "#茶#水"))

    async def let_in() -> None:
        from courses.clock import now
        from courses.people.accounts import find_person
        from courses.tables.courses import Membership

        person = await find_person("bob@example.org")
        await Membership.insert(Membership(course=course, person=person.id, role="viewer", created_at=now()))

    run(let_in)
    page = bob.get(f"/lessons/{lesson}/preview").text
    assert "stand without a space" in page
    assert "/repairs" not in page
    assert bob.post(f"/lessons/{lesson}/repairs", data={"code": "topics_glued", "where": "body"}).status_code == 403
