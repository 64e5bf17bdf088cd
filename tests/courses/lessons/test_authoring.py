"""Writing a lesson: every save is a revision, a save sent twice is one, and nothing is overwritten unseen."""

import asyncio
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image

from courses.catalogue.courses import create_course
from courses.errors import EditConflict, Invalid, NotAllowed, NotFound
from courses.lessons import revisions
from courses.lessons.authoring import delete_lesson, edit_lesson, lesson_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.revisions import revision_of
from courses.lessons.values import LessonDraft
from courses.media.library import open_store
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.courses import Membership
from courses.tables.lessons import Lesson, Revision
from tests.media import add_picture
from tests.revisions import revisions_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
DRAFT = LessonDraft("normal", "Tea", "First words", ("tea",))


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def lesson(alice: SignedIn) -> UUID:
    return await create_shared_lesson(alice, await create_course(alice, "Spring"), DRAFT)


async def test_every_save_is_a_revision_with_its_author(alice: SignedIn, lesson: UUID) -> None:
    assert await edit_lesson(alice, await lesson_of(alice, lesson), replace(DRAFT, body="Second words")) == 2
    newest, first = await revisions_of(lesson)
    assert (newest.number, newest.person_name, newest.note, newest.draft.body) == (2, "Alice", "saved", "Second words")
    assert (first.number, first.note, first.draft) == (1, "created", (await revision_of(lesson, 1)).draft)
    assert (await lesson_of(alice, lesson)).version == 2


async def test_descriptions_of_pictures_are_part_of_a_revision(alice: SignedIn, lesson: UUID, tmp_path: Path) -> None:
    info, file = await lesson_of(alice, lesson), io.BytesIO()
    Image.new("RGB", (8, 6)).save(file, "JPEG")
    store = open_store(f"file://{tmp_path}/media")
    one, two = [(await add_picture(store, info.course, "a.jpg", file.getvalue())).id for _ in range(2)]
    draft = replace(DRAFT, pictures=(one, two), alts={two: " A  cup ", one: "A pot"})
    assert await edit_lesson(alice, info, draft) == 2
    assert (await revision_of(lesson, 2)).draft.alts == {one: "A pot", two: "A cup"}
    assert [picture.alt for picture in (await lesson_of(alice, lesson)).pictures] == ["A pot", "A cup"]
    assert await edit_lesson(alice, info, replace(draft, alts={one: "A pot", two: "A cup"})) == 2


async def test_saving_the_same_again_makes_no_revision(alice: SignedIn, lesson: UUID) -> None:
    assert await edit_lesson(alice, await lesson_of(alice, lesson), DRAFT) == 1
    assert len(await revisions_of(lesson)) == 1


async def test_a_save_that_is_sent_twice_is_one(alice: SignedIn, lesson: UUID) -> None:
    save, info = uuid4(), await lesson_of(alice, lesson)
    draft = replace(DRAFT, body="Second words")
    assert await edit_lesson(alice, info, draft, base=1, save=save) == 2
    assert await edit_lesson(alice, info, draft, base=1, save=save) == 2
    assert [each.number for each in await revisions_of(lesson)] == [2, 1]


async def test_the_second_of_two_savers_is_told_and_nothing_is_overwritten(alice: SignedIn, lesson: UUID) -> None:
    info = await lesson_of(alice, lesson)
    await edit_lesson(alice, info, replace(DRAFT, body="Alice's"), base=1)
    with pytest.raises(EditConflict) as conflict:
        await edit_lesson(alice, info, replace(DRAFT, body="Bob's"), base=1)
    assert conflict.value.version == 2
    assert (await lesson_of(alice, lesson)).body == "Alice's"


async def test_of_many_who_save_at_once_one_wins(alice: SignedIn, lesson: UUID) -> None:
    info = await lesson_of(alice, lesson)
    drafts = [replace(DRAFT, body=f"Words {n}") for n in range(10)]
    answers = await asyncio.gather(
        *(edit_lesson(alice, info, draft, base=1) for draft in drafts), return_exceptions=True
    )
    assert sorted(str(type(answer).__name__) for answer in answers) == ["EditConflict"] * 9 + ["int"]
    assert [each.number for each in await revisions_of(lesson)] == [2, 1]


async def test_what_an_older_release_wrote_becomes_the_first_revision(alice: SignedIn, lesson: UUID) -> None:
    await Revision.delete().where(Revision.lesson == lesson)
    await edit_lesson(alice, await lesson_of(alice, lesson), replace(DRAFT, body="Second words"))
    newest, first = await revisions_of(lesson)
    assert (first.number, first.draft.body, first.person) == (1, "First words", None)
    assert newest.number == 2


async def test_a_save_of_another_lesson_is_not_mistaken_for_this_one(alice: SignedIn, lesson: UUID) -> None:
    save = uuid4()
    other = await create_shared_lesson(alice, await create_course(alice, "Autumn"), DRAFT, save=save)
    assert await edit_lesson(alice, await lesson_of(alice, lesson), replace(DRAFT, body="Mine"), save=save) == 2
    assert (await lesson_of(alice, other)).body == "First words"


async def test_a_refused_draft_changes_nothing(alice: SignedIn, lesson: UUID) -> None:
    with pytest.raises(Invalid):
        await edit_lesson(alice, await lesson_of(alice, lesson), replace(DRAFT, title=" "))
    assert len(await revisions_of(lesson)) == 1


async def test_a_run_of_autosaves_is_one_line_in_the_audit_log(
    alice: SignedIn, lesson: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        await edit_lesson(alice, await lesson_of(alice, lesson), replace(DRAFT, body=f"{n}"), note="autosave")
    monkeypatch.setattr(revisions, "RUN", timedelta(0))
    await edit_lesson(alice, await lesson_of(alice, lesson), replace(DRAFT, body="later"), note="autosave")
    actions = await AuditEntry.select(AuditEntry.action).where(AuditEntry.object == lesson).output(as_list=True)
    assert sorted(actions) == ["lesson.autosave", "lesson.autosave", "lesson.create"]
    assert len(await revisions_of(lesson)) == 5


async def test_deleting_and_taking_back_leave_their_trace(alice: SignedIn, lesson: UUID) -> None:
    info = await lesson_of(alice, lesson)
    await delete_lesson(alice, info)
    with pytest.raises(NotFound):
        await lesson_of(alice, lesson)
    await delete_lesson(alice, info, deleted=False)
    rows = await AuditEntry.select(AuditEntry.action, AuditEntry.person, AuditEntry.via, AuditEntry.label).where(
        AuditEntry.object == lesson
    ).order_by(AuditEntry.at)  # fmt: skip
    assert [row["action"] for row in rows] == ["lesson.create", "lesson.delete", "lesson.undelete"]
    assert {(row["person"], row["via"], row["label"]) for row in rows} == {(alice.id, "page", "Tea")}


@pytest.mark.parametrize("deleted", [True, False])
async def test_deleting_and_taking_back_twice_count_once(alice: SignedIn, lesson: UUID, deleted: bool) -> None:
    info = await lesson_of(alice, lesson)
    await delete_lesson(alice, info)
    if not deleted:
        await delete_lesson(alice, info, deleted=False)
    before = await Lesson.select(Lesson.deleted_at).where(Lesson.id == lesson).first()
    await delete_lesson(alice, info, deleted=deleted)
    assert await Lesson.select(Lesson.deleted_at).where(Lesson.id == lesson).first() == before, "its 30 days go on"
    actions = await AuditEntry.select(AuditEntry.action).where(AuditEntry.object == lesson).output(as_list=True)
    assert len(actions) == (2 if deleted else 3)


async def test_the_texts_to_search_follow_the_lesson(alice: SignedIn, lesson: UUID) -> None:
    await edit_lesson(alice, await lesson_of(alice, lesson), LessonDraft("normal", "GREEN Tea", "Straße", ("Çay",)))
    row = await Lesson.select(Lesson.search).where(Lesson.id == lesson).first()
    assert row == {"search": "green tea\nstrasse\nçay"}


@pytest.mark.parametrize(
    ("role", "rights"),
    [("viewer", ["read"]), ("assistant", ["read", "mark"]), ("editor", ["read", "mark", "write"])],
)
async def test_a_role_gives_its_rights_and_no_more(alice: SignedIn, lesson: UUID, role: str, rights: list[str]) -> None:
    erin, info = await add_person("erin@example.org", "Erin"), await lesson_of(alice, lesson)
    await Membership.insert(Membership(course=info.course, person=erin.id, role=role, created_at=info.created_at))
    for right in ("read", "mark", "write", "own"):
        if right in rights:
            assert (await lesson_of(erin, lesson, right)).title == "Tea"
        else:
            with pytest.raises(NotAllowed):
                await lesson_of(erin, lesson, right)
