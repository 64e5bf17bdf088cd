"""The lessons of a course: the list, delete and undo, the preview."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.audit import entries_about
from courses.lessons.authoring import create_lesson, lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import reissue_link, withdraw_link
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn

NASTY = "<script>alert(1)</script> {{7*7}} =cmd() '\"><img src=x onerror=y>"


def test_a_course_without_lessons_says_what_to_do(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}").text
    assert "Write the first lesson" in page
    assert f'href="/courses/{course}/lessons/new"' in page


def test_list_shows_a_lesson_with_all_that_matters(alice: TestClient, classroom: Any) -> None:
    page = alice.get(f"/courses/{classroom.course}").text
    assert f'<a href="/lessons/{classroom.lesson}" title="Tea 茶">Tea 茶</a>' in page
    assert "Find light. • one • two" not in page
    assert "Find light. • one • two" in alice.get(f"/courses/{classroom.course}?q=light").text
    assert "<b>0</b>/2" in page
    assert re.search(r'<img src="/media/[\w-]+" alt=""', page)
    assert '<span class="badge good">Open</span>' in page
    for action in ("edit", "present"):
        assert f'href="/lessons/{classroom.lesson}/{action}"' in page


def test_long_text_is_cut_in_the_list(alice: TestClient, run: Callable[..., Any], course: UUID) -> None:
    run(create_lesson, None, course, LessonDraft("normal", "T", "## Head\n\n" + "字" * 200))
    assert f'<span class="snippet">Head {"字" * 75}…</span>' in alice.get(f"/courses/{course}?q=head").text


def test_counts_in_the_list_open_their_rows(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Callable[..., Any], report: Callable[..., None]
) -> None:
    ada, bo, cy, _ = enrol("Ada", "Bo", "Cy", "Di")
    report(ada.id, "scan", "launch", "link")
    report(bo.id, "scan", "claim")
    report(cy.id, "scan")
    page = alice.get(f"/courses/{course}").text
    address = f"/courses/{course}/completion?lesson={lesson}&state=done"
    assert re.search(
        rf'href="{re.escape(address.replace("&", "&amp;"))}"><svg .*?</svg> <b>2</b>/4</a>', page, re.DOTALL
    )
    assert "2 of 4 students" in alice.get(address).text
    for rung in ("linked", "claimed"):
        address = f"/courses/{course}/completion?lesson={lesson}&rung={rung}"
        assert re.search(rf'href="{re.escape(address.replace("&", "&amp;"))}" title="[^"]+"><b>1</b>', page)
        assert alice.get(address).status_code == 200
    assert "rung=confirmed" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(
    alice: TestClient, alice_person: SignedIn, run: Callable[..., Any], course: UUID, counted: Any, number: int
) -> None:
    for place in range(number):
        run(create_shared_lesson, alice_person, course, LessonDraft("normal", f"Lesson {place}"))
    with counted() as queries:
        page = alice.get(f"/courses/{course}").text
    assert page.count('<tr class="lesson-row"') == number
    # session, course; the lessons' count, ids, rows, places of pictures; links; two for the counts; what to filter by, the states;
    # courses; the rail, what waits
    assert len(queries) == 14


def test_a_withdrawn_link_is_told(alice: TestClient, classroom: Any) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    page = alice.get(f"/courses/{classroom.course}").text
    assert '<span class="badge warn">No link</span>' in page
    assert classroom.token().lower() not in page


def test_the_page_copies_the_newest_link(alice: TestClient, classroom: Any, alice_person: SignedIn) -> None:
    newer = classroom.run(reissue_link, alice_person, classroom.link)
    page = alice.get(f"/lessons/{classroom.lesson}").text
    assert classroom.token(link=newer).lower() in page
    assert classroom.token().lower() not in page


def test_nasty_text_is_text(alice: TestClient, run: Callable[..., Any], course: UUID) -> None:
    lesson = run(
        create_lesson, None, course, LessonDraft("normal", NASTY, f"{NASTY}\r\nSet-Cookie: a=b", ["=cmd()", "{{7*7}}"])
    )
    for path in (f"/courses/{course}", f"/lessons/{lesson}", f"/lessons/{lesson}/edit", f"/lessons/{lesson}/preview"):
        answer = alice.get(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "{{7*7}}" in answer.text
        assert "set-cookie" not in answer.headers


def test_delete_can_be_undone(alice: TestClient, classroom: Any, phone: Callable[..., Any]) -> None:
    answer = alice.post(f"/lessons/{classroom.lesson}/deletion")
    assert answer.status_code == 303
    page = alice.get(answer.headers["location"]).text
    assert "“Tea 茶” is deleted." in page
    assert classroom.run(lessons_of, classroom.course) == []
    assert alice.get(f"/lessons/{classroom.lesson}").status_code == 404
    assert f'action="/lessons/{classroom.lesson}/restoration"' in page
    back = alice.post(f"/lessons/{classroom.lesson}/restoration")
    assert "“Tea 茶” is back" in alice.get(back.headers["location"]).text
    assert [lesson.id for lesson in classroom.run(lessons_of, classroom.course)] == [classroom.lesson]
    assert phone().get(f"/s/{classroom.token()}").status_code == 303


def test_delete_twice_is_delete_once(alice: TestClient, classroom: Any) -> None:
    first, again = (alice.post(f"/lessons/{classroom.lesson}/deletion") for _ in range(2))
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    assert classroom.run(lessons_of, classroom.course) == []
    assert len(classroom.run(entries_about, classroom.course, [classroom.lesson], 9)) == 2, (
        "written and deleted, once each"
    )


@pytest.mark.parametrize("done", ["deleted", "restored", "<script>", "x" * 5000])
@pytest.mark.parametrize("lesson", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_made_up_notices_say_nothing(alice: TestClient, course: UUID, done: str, lesson: str) -> None:
    answer = alice.get(f"/courses/{course}", params={"done": done, "lesson": lesson})
    assert answer.status_code == 200
    assert 'class="notice' not in answer.text


def test_notices_do_not_tell_of_others_lessons(bob: TestClient, classroom: Any, alice: TestClient) -> None:
    alice.post(f"/lessons/{classroom.lesson}/deletion")
    mine = bob.post("/courses", data={"title": "Mine"}).headers["location"]
    assert "Tea" not in bob.get(mine, params={"done": "deleted", "lesson": str(classroom.lesson)}).text


def test_preview_shows_what_will_be_published(alice: TestClient, classroom: Any) -> None:
    page = alice.get(f"/lessons/{classroom.lesson}/preview").text
    assert "<strong>light</strong>" in page
    assert "Find light.\n\n• one\n• two\n\n#tea #茶" in page
    assert page.count("swiper-slide") == 2
    assert "It fits this platform’s limits." in page


def test_preview_says_what_the_platform_would_refuse(alice: TestClient, run: Callable[..., Any], course: UUID) -> None:
    lesson = run(create_lesson, None, course, LessonDraft("video", "长" * 60))
    page = alice.get(f"/lessons/{lesson}/preview").text
    assert "It would be refused" in page
    assert "The lesson has no video." in page
    assert "The title counts as 60 characters" in page


PATHS = ["/lessons/{}/preview", "/lessons/{}/edit", "/lessons/{}", "/lessons/{}/present", "/lessons/{}/scans"]
POSTS = ["/lessons/{}/deletion", "/lessons/{}/restoration", "/lessons/{}/links", "/lessons/{}"]


@pytest.mark.parametrize("path", PATHS)
def test_lessons_of_others_are_not_there(bob: TestClient, client: TestClient, classroom: Any, path: str) -> None:
    theirs, nobodys = (bob.get(path.format(identity)) for identity in (classroom.lesson, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert client.get(path.format(classroom.lesson)).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", POSTS)
def test_lessons_of_others_cannot_be_changed(bob: TestClient, client: TestClient, classroom: Any, path: str) -> None:
    before = classroom.run(lessons_of, classroom.course)
    form = {"files": {"title": (None, "Mine now")}} if path == "/lessons/{}" else {}
    theirs, nobodys = (bob.post(path.format(identity), **form) for identity in (classroom.lesson, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    stranger = client.post(path.format(classroom.lesson), **form)
    assert stranger.status_code == 401
    assert "Please sign in." in stranger.text
    assert classroom.run(lessons_of, classroom.course) == before


@pytest.mark.parametrize("path", POSTS)
def test_forms_of_other_sites_are_refused(
    alice: TestClient, classroom: Any, cross_site: dict[str, str], path: str
) -> None:
    before = classroom.run(lessons_of, classroom.course)
    answer = alice.post(path.format(classroom.lesson), headers=cross_site, files={"title": (None, "Theirs")})
    assert answer.status_code == 403
    assert "it came from another site" in answer.text
    assert classroom.run(lessons_of, classroom.course) == before


def test_course_of_others_is_not_there(bob: TestClient, course: UUID) -> None:
    for path in ("", "/lessons/new", "/sheet", "/sheet.pdf"):
        theirs, nobodys = (bob.get(f"/courses/{identity}{path}") for identity in (course, uuid4()))
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.content == nobodys.content
