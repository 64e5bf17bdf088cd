"""A lesson's own times hold for all its links."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.errors import Invalid, LinkEnded, LinkNotOpen
from courses.lessons.authoring import lesson_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import card, class_links, reissue_link, set_link_times
from courses.lessons.schedule import schedule_lesson, scheduled_lessons
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
HOUR = timedelta(hours=1)


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> UUID:
    return await create_course(alice, "Spring")


@pytest.fixture
async def lesson(alice: SignedIn, course: UUID) -> UUID:
    return await create_shared_lesson(alice, course, LessonDraft("normal", "Tea"))


async def code(lesson: UUID) -> str:
    return (await class_links([lesson]))[lesson].code


async def test_all_links_wait_for_their_lesson_and_close_with_it(alice: SignedIn, lesson: UUID) -> None:
    (await card(await code(lesson))).check_open()
    opens_at = now() + HOUR
    await schedule_lesson(alice, await lesson_of(alice, lesson), opens_at, None)
    with pytest.raises(LinkNotOpen) as waiting:
        (await card(await code(lesson))).check_open()
    assert waiting.value.opens_at == opens_at
    await schedule_lesson(alice, await lesson_of(alice, lesson), None, now() - HOUR)
    with pytest.raises(LinkEnded) as ended:
        (await card(await code(lesson))).check_open()
    assert str(ended.value.message).startswith("This lesson is closed.")
    await schedule_lesson(alice, await lesson_of(alice, lesson), now() - HOUR, now() + HOUR)
    (await card(await code(lesson))).check_open()


@pytest.mark.parametrize(
    ("link", "of_lesson", "state"),
    [
        ((None, None), (None, None), "open"),
        ((1, None), (None, None), "waiting"),
        ((None, None), (1, None), "waiting"),
        ((-1, None), (1, None), "waiting"),
        ((1, None), (-1, None), "waiting"),
        ((None, -1), (None, 1), "expired"),
        ((None, 1), (None, -1), "expired"),
        ((-2, 2), (-1, 1), "open"),
        ((1, 2), (-2, -1), "expired"),
    ],
)
async def test_the_stricter_time_decides(
    alice: SignedIn, lesson: UUID, link: tuple[int, int], of_lesson: tuple[int, int], state: str
) -> None:
    moment = now()
    times = [[None if hours is None else moment + hours * HOUR for hours in pair] for pair in (link, of_lesson)]
    await set_link_times(alice, (await class_links([lesson]))[lesson], *times[0])
    await schedule_lesson(alice, await lesson_of(alice, lesson), *times[1])
    found = (await class_links([lesson]))[lesson]
    assert found.state(moment) == state
    assert found.opens == max(filter(None, (times[0][0], times[1][0])), default=None)
    assert found.ends == min(filter(None, (times[0][1], times[1][1])), default=None)


async def test_a_new_link_of_a_closed_lesson_keeps_its_own_end(alice: SignedIn, lesson: UUID) -> None:
    link = (await class_links([lesson]))[lesson]
    await set_link_times(alice, link, None, end := now() + 2 * HOUR)
    await schedule_lesson(alice, await lesson_of(alice, lesson), None, now() - HOUR)
    assert (await reissue_link(alice, (await class_links([lesson]))[lesson])).expires_at == end


@pytest.mark.parametrize(
    ("opens", "closes", "field"),
    [(1, 1, "closes_at"), (2, 1, "closes_at"), (datetime(1999, 1, 1, tzinfo=UTC), None, "opens_at"),
     (None, datetime(9999, 1, 1, tzinfo=UTC), "closes_at")],
)  # fmt: skip
async def test_times_that_cannot_be_are_refused(
    alice: SignedIn, lesson: UUID, opens: object, closes: object, field: str
) -> None:
    start = now()
    times = [start + value * HOUR if isinstance(value, int) else value for value in (opens, closes)]
    with pytest.raises(Invalid) as refused:
        await schedule_lesson(alice, await lesson_of(alice, lesson), *times)
    assert list(refused.value.fields) == [field]


async def test_only_a_change_leaves_a_trace(alice: SignedIn, course: UUID, lesson: UUID) -> None:
    for _ in range(2):
        await schedule_lesson(alice, await lesson_of(alice, lesson), datetime(2026, 9, 1, tzinfo=UTC), None)
    assert await AuditEntry.count().where(AuditEntry.action == "lesson.schedule") == 1
    assert [(each.title, each.opens_at) for each in await scheduled_lessons(course)] == [
        ("Tea", datetime(2026, 9, 1, tzinfo=UTC))
    ]
