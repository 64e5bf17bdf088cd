"""A lesson's history: who saved what, what differs, and the way back that overwrites nothing."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.lessons.authoring import edit_lesson, lesson_by_id
from courses.lessons.creating import create_shared_lesson
from courses.lessons.revisions import revision_of
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.tables.courses import Membership
from courses.tables.lessons import Revision
from courses.tables.media import Media
from tests.revisions import revisions_of


class Desk:
    """Alice's lesson, saved as one likes."""

    def __init__(self, run: Callable[..., Any], alice: SignedIn, lesson: UUID) -> None:
        self.run, self.alice, self.lesson = run, alice, lesson
        self.path = f"/lessons/{lesson}/history"

    def save(self, note: str = "saved", **changes: object) -> int:
        async def save() -> int:
            info = await lesson_by_id(self.lesson)
            return await edit_lesson(self.alice, info, replace(info.draft, **changes), note=note)

        return self.run(save)

    def age(self, number: int, **ago: float) -> None:
        async def age() -> None:
            await Revision.update({Revision.at: now() - timedelta(**ago)}).where(
                Revision.lesson == self.lesson, Revision.number == number
            )

        self.run(age)

    def body(self) -> str:
        return self.run(lesson_by_id, self.lesson).body


@pytest.fixture
def desk(classroom: Any, run: Callable[..., Any], alice_person: SignedIn) -> Desk:
    return Desk(run, alice_person, classroom.lesson)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_history_tells_who_saved_what_and_when(alice: TestClient, desk: Desk) -> None:
    desk.save(title="Green tea 茶", body="Find **light** and shade.\n\n- one\n- two", topics=("tea", "茶", "shade"))
    page = words(alice.get(desk.path).text)
    assert "Alice saved Now" in page
    assert "title text +2 words 1 topic added" in page
    assert "Alice created it" in page
    assert "the beginning" in page
    assert page.count("Today, ") == 1
    assert f'href="{desk.path}"' in alice.get(f"/lessons/{desk.lesson}").text


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("copied", "made it as a copy"), ("moved", "moved it to this course"), ("imported", "imported it"),
        ("repaired", "let it be repaired"), ("conflict", "saved beside a newer version"),
        ("merged", "put two versions together"),
    ],
)  # fmt: skip
def test_every_way_of_saving_has_its_words(alice: TestClient, desk: Desk, note: str, said: str) -> None:
    desk.save(note, title=f"By {note}")
    assert f"Alice {said}" in words(alice.get(desk.path).text)


def test_log_says_what_a_save_changed(alice: TestClient, desk: Desk) -> None:
    desk.save(title="Green tea 茶", topics=("tea", "shade"))
    page = words(alice.get(f"/lessons/{desk.lesson}").text)
    assert "→ Green tea 茶" in page
    assert "→ tea, shade" in page
    desk.save("autosave", title="Gr")
    assert "→ Gr " not in words(alice.get(f"/lessons/{desk.lesson}").text)  # half a word; the history has it


def test_autosaves_in_one_go_are_one_entry_that_opens(alice: TestClient, desk: Desk) -> None:
    for place in range(3):
        desk.save("autosave", body=f"Text {'word ' * place}")
    desk.save(body="Done")
    page = alice.get(desk.path).text
    assert "3 saves in one go" in words(page)
    assert page.count('<details class="run">') == 1
    assert [page.count(f'href="{desk.path}/{number}"') for number in (1, 2, 3, 4, 5)] == [1, 1, 1, 2, 1]


def test_pictures_that_came_went_or_moved_are_told(alice: TestClient, desk: Desk) -> None:
    first, second = (picture.id for picture in desk.run(lesson_by_id, desk.lesson).pictures)
    desk.save(pictures=(second, first))
    desk.save(pictures=(first,), alts={first: "A cup"})
    desk.save(pictures=(first,), alts={first: "A blue cup"})
    page = words(alice.get(desk.path).text)
    for change in ("order of the pictures", "1 picture removed descriptions of pictures"):
        assert change in page
    page = alice.get(f"{desk.path}/1").text
    assert '<li class="tile added">' in page
    assert "comes back" in words(page)
    assert "<del>A blue cup</del>" in page
    assert '<li class="tile moved">' in alice.get(f"{desk.path}/2?against=before").text


def test_a_version_shows_the_words_that_differ_from_now(alice: TestClient, desk: Desk) -> None:
    desk.save(title="Tea 茶叶", body="Find **shade**.\n\n- one\n- two")
    desk.save(body="Find **shade**.\n\n- one\n- three")
    page = alice.get(f"{desk.path}/1").text
    assert "Tea 茶<del>叶</del>" in page
    assert "<del>shade</del><ins>light</ins>" in page
    assert "<del>three</del><ins>two</ins>" in page
    assert "<strong>light</strong>" in page  # as students would have seen it
    page = alice.get(f"{desk.path}/2?against=before").text
    assert "<del>light</del><ins>shade</ins>" in page
    assert "three" not in page
    assert "This is what the lesson says now." in alice.get(f"{desk.path}/3").text


def test_restoring_is_a_version_of_its_own_and_can_be_undone(alice: TestClient, desk: Desk) -> None:
    was, newer = desk.body(), "Something else"
    desk.save(body=newer)
    page = alice.get(f"{desk.path}/1").text
    assert "Bring version 1 back" in page
    answer = alice.post(f"/lessons/{desk.lesson}/restorations", data={"number": "1", "base": "2"})
    assert answer.status_code == 303
    assert desk.body() == was
    restored = desk.run(revision_of, desk.lesson, 3)
    assert (restored.note, restored.restored_from, restored.person_name) == ("restored", 1, "Alice")
    page = alice.get(answer.headers["location"]).text
    assert "Version 1 is back, as version 3." in page
    undo = dict(re.findall(r'<input type="hidden" name="(number|base)" value="(\d+)">', page))
    assert undo == {"number": "2", "base": "3"}
    alice.post(f"/lessons/{desk.lesson}/restorations", data=undo)
    assert desk.body() == newer
    assert [each.number for each in desk.run(revisions_of, desk.lesson)] == [4, 3, 2, 1]


def test_restoring_overwrites_nothing_that_was_saved_meanwhile(alice: TestClient, desk: Desk) -> None:
    desk.save(body="What alice saw")
    desk.save(body="What somebody saved meanwhile")
    answer = alice.post(f"/lessons/{desk.lesson}/restorations", data={"number": "1", "base": "2"})
    assert answer.status_code == 409
    assert "Nothing was overwritten" in answer.text
    assert "<del>What somebody saved meanwhile" in answer.text
    assert 'name="base" value="3"' in answer.text
    assert desk.body() == "What somebody saved meanwhile"


def test_restoring_twice_by_a_double_click_is_once(alice: TestClient, desk: Desk) -> None:
    desk.save(body="Something else")
    answers = [
        alice.post(f"/lessons/{desk.lesson}/restorations", data={"number": "1", "base": "2"}).status_code
        for _ in range(2)
    ]
    assert answers == [303, 303]
    assert len(desk.run(revisions_of, desk.lesson)) == 3


def test_a_picture_that_is_gone_is_named_and_the_rest_comes_back(alice: TestClient, desk: Desk) -> None:
    first, second = (picture.id for picture in desk.run(lesson_by_id, desk.lesson).pictures)
    desk.save(pictures=(), body="Nothing")
    desk.run(lambda: Media.delete().where(Media.id == first).run())
    page = words(alice.get(f"{desk.path}/1").text)
    assert "What is missing stays out when you bring this version back: Picture 1" in page
    assert "Picture 2" not in page
    alice.post(f"/lessons/{desk.lesson}/restorations", data={"number": "1", "base": "2"})
    info = desk.run(lesson_by_id, desk.lesson)
    assert ([picture.id for picture in info.pictures], info.body) == ([second], "Find **light**.\n\n- one\n- two")


def test_what_an_older_release_wrote_has_a_history_of_one(alice: TestClient, desk: Desk) -> None:
    desk.run(lambda: Revision.delete().where(Revision.lesson == desk.lesson).run())
    page = words(alice.get(desk.path).text)
    assert "created it" in page
    first = alice.get(f"{desk.path}/1")
    assert first.status_code == 200
    assert "Tea 茶" in first.text


def test_numbers_that_are_not_there_are_not_found(alice: TestClient, desk: Desk) -> None:
    assert "There is nothing at this address." in alice.get(f"{desk.path}/7").text
    for number, base in (("7", "1"), ("", "1"), ("1", "x"), ("²", "1"), ("9" * 30, "1")):
        answer = alice.post(f"/lessons/{desk.lesson}/restorations", data={"number": number, "base": base})
        assert answer.status_code == 404, number
        assert "There is nothing at this address." in answer.text
    assert desk.run(lesson_by_id, desk.lesson).version == 1
    odd = alice.get(f"{desk.path}?before=-3")
    assert odd.status_code == 200
    assert "created it" in words(odd.text)


@pytest.fixture
def vera(run: Callable[..., Any], bob: TestClient, course: UUID) -> Iterator[TestClient]:
    """Bob's browser, as a viewer of Alice's course."""
    from courses.tables.people import Person

    async def join() -> None:
        person = await Person.select(Person.id).where(Person.email == "bob@example.org").first()
        await Membership.insert(Membership(course=course, person=person["id"], role="viewer", created_at=now()))

    run(join)
    return bob


def test_viewers_read_the_history_and_are_offered_no_way_to_change_it(vera: TestClient, desk: Desk) -> None:
    desk.save(body="Something else")
    page = vera.get(f"{desk.path}/1").text
    assert "<ins>light</ins>" in page or "light" in page
    assert "restorations" not in page + vera.get(f"{desk.path}?done=restored").text


def test_text_of_people_is_never_markup(alice: TestClient, desk: Desk) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=y>"
    desk.save(title=nasty, body=nasty)
    desk.save(title="Clean", body="Clean")
    for page in (alice.get(desk.path).text, alice.get(f"{desk.path}/2").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("saves", [3, 120])
def test_history_takes_as_many_queries_for_many_versions_as_for_few(
    alice: TestClient, alice_person: SignedIn, run: Callable[..., Any], course: UUID, saves: int,
    counted: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    lesson = run(create_shared_lesson, alice_person, course, LessonDraft("normal", "Long", "0"))

    async def write() -> None:
        content = (await revision_of(lesson, 1)).draft
        await Revision.insert(*[
            Revision(id=uuid4(), lesson=lesson, number=number, person=alice_person.id, at=now(), note="saved",
                     content=replace(content, body=f"{number}").encoded())
            for number in range(2, saves + 1)
        ])  # fmt: skip
        info = await lesson_by_id(lesson)
        from courses.tables.lessons import Lesson

        await Lesson.update({Lesson.version: saves}).where(Lesson.id == info.id)

    run(write)
    with counted() as queries:
        page = alice.get(f"/lessons/{lesson}/history").text
    # session, rail, lesson, its role, the course, and the revisions
    assert len(queries) <= 8
    assert page.count('<div class="save">') == min(saves, 50)
    assert ("Older" in page) is (saves > 50)
    if saves > 50:
        older = re.search(r'href="\?before=(\d+)"', page)
        assert older
        assert older[1] == "71"
        page = alice.get(f"/lessons/{lesson}/history?before=71").text
        assert f'href="/lessons/{lesson}/history/70"' in page
        assert f'href="/lessons/{lesson}/history/71"' not in page
        assert "To the newest" in page
    with counted() as queries:
        assert alice.get(f"/lessons/{lesson}/history/2").status_code == 200
    assert len(queries) <= 9


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999", "-99999999999999999999", "9" * 400])
def test_number_that_no_version_can_have_is_not_there(alice: TestClient, desk: Desk, number: str) -> None:
    """Found by the fuzzer: the database takes no such number."""
    at = f"/lessons/{desk.lesson}/history"
    version = alice.get(f"{at}/{number}")
    assert version.status_code == 404
    assert alice.get(f"{at}/0").text == version.text
    timeline = alice.get(at, params={"before": number})
    assert timeline.status_code == 200
    assert "Tea" in timeline.text


@pytest.mark.parametrize("before", [1, 0, -1])
def test_timeline_before_the_first_version_is_empty(alice: TestClient, desk: Desk, before: int) -> None:
    """Found by the fuzzer: 500."""
    desk.save(body="x")
    timeline = alice.get(f"/lessons/{desk.lesson}/history", params={"before": before})
    assert timeline.status_code == 200
    assert (f"{desk.path}/" in timeline.text) == (before < 1)
