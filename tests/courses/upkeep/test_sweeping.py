"""The daily sweep: what is old enough goes, what is not stays, and sweeping twice is sweeping once."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import obstore
import pytest
from obstore.store import ObjectStore
from PIL import Image

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.authoring import edit_lesson, lesson_by_id, lesson_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.trash import TRASH_LIFE, trash_lessons
from courses.lessons.values import LessonDraft
from courses.media.library import media_of, open_store
from courses.people.accounts import add_person, invite
from courses.people.attempts import Tries, count_try
from courses.people.one_use_links import hashed
from courses.people.passkey_challenges import make_challenge
from courses.people.sessions import open_session
from courses.people.shown_secrets import keep_to_show
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson, Revision
from courses.tables.media import Media, Upload
from courses.tables.people import Attempt, OneTimeLink, PasskeyChallenge, Session, ShownSecret
from courses.upkeep import sweeping
from courses.upkeep.sweeping import AUTOSAVES_KEPT, sweep
from tests.media import add_picture
from tests.revisions import revisions_of

pytestmark = pytest.mark.anyio
OLD = AUTOSAVES_KEPT + timedelta(days=1)
COLOURS = ("red", "green", "blue")


def jpeg(colour: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (60, 40), colour).save(target, "JPEG")
    return target.getvalue()


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def bob(db: object) -> SignedIn:
    return await add_person("bob@example.org", "Bob")


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(f"file://{tmp_path}/media")


@pytest.fixture
async def lesson(alice: SignedIn) -> UUID:
    return await create_shared_lesson(alice, await create_course(alice, "Spring"), LessonDraft("normal", "Tea", "0"))


async def saves(lesson: UUID, start: datetime, kinds: Sequence[tuple[SignedIn, str, int]]) -> None:
    """Save for each (person, note, minutes after the one before)."""
    first, moment = (await revisions_of(lesson))[0].number, start
    await Revision.update({Revision.at: start}).where(Revision.lesson == lesson, Revision.number == first)
    for place, (person, note, minutes) in enumerate(kinds, start=1):
        info = await lesson_by_id(lesson)
        number = await edit_lesson(person, info, replace(info.draft, body=f"{start} {place}"), note=note)
        moment += timedelta(minutes=minutes)
        await Revision.update({Revision.at: moment}).where(Revision.lesson == lesson, Revision.number == number)


async def numbers(lesson: UUID) -> list[int]:
    return [revision.number for revision in reversed(await revisions_of(lesson))]


async def test_of_an_old_run_of_autosaves_the_last_is_kept(
    alice: SignedIn, bob: SignedIn, store: ObjectStore, lesson: UUID
) -> None:
    auto, other = (alice, "autosave", 1), (bob, "autosave", 1)
    # 2 3 4 are one run; 5 is bob's; 6 7 alice's again; 8 was saved by hand; 9 10 are too far from each other
    kinds = [auto, auto, auto, other, auto, auto, (alice, "saved", 1), auto, (alice, "autosave", 11)]
    await saves(lesson, now() - OLD, kinds)
    assert (await sweep(store)).revisions == 3
    assert await numbers(lesson) == [1, 4, 5, 7, 8, 9, 10]
    assert (await sweep(store)).total == 0
    assert (await lesson_of(alice, lesson)).version == 10


async def test_young_autosaves_are_all_kept(alice: SignedIn, store: ObjectStore, lesson: UUID) -> None:
    await saves(lesson, now() - timedelta(days=6), [(alice, "autosave", 1)] * 5)
    assert (await sweep(store)).revisions == 0
    assert await numbers(lesson) == [1, 2, 3, 4, 5, 6]


async def test_what_was_brought_back_once_is_kept(alice: SignedIn, store: ObjectStore, lesson: UUID) -> None:
    await saves(lesson, now() - OLD, [(alice, "autosave", 1)] * 4)
    info, old = await lesson_of(alice, lesson), (await revisions_of(lesson))[2]
    assert old.number == 3
    await edit_lesson(alice, info, old.draft, note="restored", restored_from=3)
    await sweep(store)
    assert await numbers(lesson) == [1, 3, 5, 6]


async def test_the_newest_is_kept_whatever_it_is(alice: SignedIn, store: ObjectStore, lesson: UUID) -> None:
    await saves(lesson, now() - OLD, [(alice, "autosave", 1)] * 3)
    await sweep(store)
    assert await numbers(lesson) == [1, 4]
    info = await lesson_of(alice, lesson)
    assert await edit_lesson(alice, info, replace(info.draft, body="on"), base=4) == 5


async def test_the_trash_is_emptied_after_its_time(alice: SignedIn, store: ObjectStore, lesson: UUID) -> None:
    info = await lesson_of(alice, lesson)
    await trash_lessons(alice, info.course, [lesson])
    assert (await sweep(store)).lessons == 0
    await Lesson.update({Lesson.deleted_at: now() - TRASH_LIFE - timedelta(minutes=1)}).where(Lesson.id == lesson)
    assert (await sweep(store)).lessons == 1
    assert await Lesson.count() == 0


async def test_ended_sessions_links_and_attempts_are_forgotten(
    alice: SignedIn, bob: SignedIn, store: ObjectStore
) -> None:
    ages = {alice.id: (100, 90, 1), bob.id: (100,)}
    for person in (alice, bob):
        for days in ages[person.id]:
            await open_session(person)
            at = now() - timedelta(days=days)
            newest = await Session.select(Session.id).where(Session.person == person.id).order_by(
                Session.seen_at, ascending=False
            ).first()  # fmt: skip
            await Session.update({Session.created_at: at, Session.seen_at: at}).where(Session.id == newest["id"])
    for days, email in ((100, "old@example.org"), (1, "new@example.org")):
        await invite(email)
        await OneTimeLink.update({OneTimeLink.expires_at: now() - timedelta(days=days)}).where(
            OneTimeLink.email == email
        )
    await count_try(Tries("a" * 64, 1, timedelta(days=1)))
    await Attempt.update({Attempt.at: now() - timedelta(days=2)}).where(Attempt.subject == "a" * 64)
    await make_challenge(alice.id, "use", "a browser")
    await make_challenge(alice.id, "use", "another")
    late = PasskeyChallenge.browser_hash == hashed("another")
    await PasskeyChallenge.update({PasskeyChallenge.expires_at: now()}).where(late)
    here = await open_session(alice)
    for days in (0, 2):
        shown = await keep_to_show(alice, here, "key", "/account", "secret")
        at = now() - timedelta(days=days)
        await ShownSecret.update({ShownSecret.created_at: at}).where(ShownSecret.id == shown)
    swept = await sweep(store)
    counts = (
        swept.sessions, swept.one_time_links, swept.attempts, swept.passkey_challenges, swept.shown_secrets, swept.total
    )  # fmt: skip
    assert counts == (2, 1, 1, 1, 1, 6)
    # The list of people says when each was here last.
    assert await Session.count().where(Session.person == bob.id) == 1


async def test_media_that_came_into_no_lesson_go_with_their_files_and_old_revisions_keep_theirs(
    alice: SignedIn, store: ObjectStore, lesson: UUID, tmp_path: Path
) -> None:
    info = await lesson_of(alice, lesson)
    once, never, young = [await add_picture(store, info.course, colour, jpeg(colour)) for colour in COLOURS]
    await edit_lesson(alice, info, replace(info.draft, pictures=(once.id,)))
    await edit_lesson(alice, await lesson_of(alice, lesson), replace(info.draft, pictures=()))
    for path in (tmp_path / "media").rglob("*.*"):
        os.utime(path, (0, 0))
    await Media.update({Media.created_at: now() - timedelta(days=8)}).where(Media.id.is_in([once.id, never.id]))
    assert (await sweep(store)).media == 1
    assert set(await media_of(info.course, [once.id, never.id, young.id])) == {once.id, young.id}
    left = {path.name[:64] for path in (tmp_path / "media").rglob("*.*")}
    assert left == {once.sha256, young.sha256}


async def test_uploads_that_expired_are_forgotten(alice: SignedIn, store: ObjectStore, lesson: UUID) -> None:
    course = (await lesson_of(alice, lesson)).course
    upload = Upload(
        course=course, person=alice.id, purpose="media", length=10, created_at=now(),
        expires_at=now() - timedelta(minutes=1),
    )  # fmt: skip
    await Upload.insert(upload)
    await obstore.put_async(store, f"uploads/{upload.id}/{0:012d}", b"half")
    assert (await sweep(store)).uploads == 1
    with pytest.raises(FileNotFoundError):
        await obstore.head_async(store, f"uploads/{upload.id}/{0:012d}")


async def test_two_sweeps_at_once_do_no_harm(
    alice: SignedIn, store: ObjectStore, lesson: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "PAUSE", 0)
    await saves(lesson, now() - OLD, [(alice, "autosave", 1)] * 9)
    await asyncio.gather(sweep(store), sweep(store), sweep(store))
    assert await numbers(lesson) == [1, 10]


async def test_a_part_that_fails_does_not_keep_the_others(alice: SignedIn, store: ObjectStore, lesson: UUID) -> None:
    """A revision that cannot be read keeps its lesson in the trash; everything else is swept."""
    info = await lesson_of(alice, lesson)
    await trash_lessons(alice, info.course, [lesson])
    await Lesson.update({Lesson.deleted_at: now() - TRASH_LIFE - timedelta(days=1)}).where(Lesson.id == lesson)
    await Revision.update({Revision.content: "[]"}).where(Revision.lesson == lesson)
    await count_try(Tries("a" * 64, 1, timedelta(days=1)))
    await Attempt.update({Attempt.at: now() - timedelta(days=2)}).where(Attempt.subject == "a" * 64)
    with pytest.raises(ExceptionGroup):
        await sweep(store)
    assert await Attempt.count() == 0
    assert await Lesson.count() == 1
