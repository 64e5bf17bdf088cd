"""Share links: issue, look up on the scan path, edit, withdraw."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from piccolo.custom_types import Combinable

from courses.audit import changed, record
from courses.catalogue.roles import Right
from courses.clock import FIRST_YEAR, LAST_YEAR, now
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, LessonInTrash, LinkEnded, LinkNotOpen, Message, NotFound
from courses.lessons.authoring import lesson_by_id, lesson_of
from courses.lessons.values import LessonInfo
from courses.loading_cache import LoadingCache
from courses.signed_in import SignedIn
from courses.spoken import new_spoken
from courses.tables.lessons import Lesson
from courses.tables.links import Link
from courses.tokens import CODE_BYTES, public_id, read_public_id

# How long the scan path may go on with what it looked up, in seconds: a withdrawn link dies within this time.
CARD_LIFE = 1.0
CARDS_KEPT = 10_000
#: so long after a link has ended, phones that came by it in time may finish
GRACE = timedelta(days=1)


@dataclass(frozen=True)
class LinkInfo:
    """A link's row; `seat` is of a personal link's student."""

    id: UUID
    code: str
    spoken: str
    lesson: UUID
    student: UUID | None
    seat: int | None
    opens_at: datetime | None
    expires_at: datetime | None
    withdrawn_at: datetime | None
    created_at: datetime
    #: the lesson's own times, which hold for all its links
    lesson_opens_at: datetime | None = None
    lesson_closes_at: datetime | None = None

    @property
    def opens(self) -> datetime | None:
        """When it can be used at last: the later of the link's time and the lesson's."""
        return max(filter(None, (self.opens_at, self.lesson_opens_at)), default=None)

    @property
    def ends(self) -> datetime | None:
        """When it can no longer be used: the earlier of the two."""
        return min(filter(None, (self.expires_at, self.lesson_closes_at)), default=None)

    def grace_until(self, moment: datetime) -> datetime | None:
        """When the grace period ends that the link is in at this moment; None where it is in none."""
        if self.ends is None or self.state(moment) != "expired" or moment >= self.ends + GRACE:
            return None
        return self.ends + GRACE

    @property
    def code_bytes(self) -> bytes:
        """The five bytes that tokens carry."""
        return read_public_id(self.code)

    def state(self, moment: datetime) -> str:
        """ "withdrawn", "expired", "waiting" or "open"."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.ends is not None and moment >= self.ends:
            return "expired"
        return "waiting" if self.opens is not None and moment < self.opens else "open"


#: the states of links of which one counts
_LEAST_FIRST = ("expired", "waiting", "open")
#: what a LinkInfo is made of
COLUMNS = (
    Link.id, Link.code, Link.spoken, Link.lesson, Link.student, Link.opens_at, Link.expires_at,
    Link.withdrawn_at, Link.created_at, Link.student.seat.as_alias("seat"),
    Link.lesson.opens_at.as_alias("lesson_opens_at"), Link.lesson.closes_at.as_alias("lesson_closes_at"),
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """What a scan needs: the link and its lesson."""

    link: LinkInfo
    lesson: LessonInfo

    def check_reachable(self) -> None:
        """For a phone that came by the link while it was open, which may finish. Raises LinkNotOpen, LinkEnded."""
        if self.link.grace_until(now()) is None:
            self.check_open()

    def check_open(self) -> None:
        """Raises LinkNotOpen, LinkEnded."""
        moment = now()
        match self.link.state(moment):
            case "expired" if self.link.expires_at is None or moment < self.link.expires_at:
                raise LinkEnded(Message("This lesson is closed. Ask your instructor if you still need it."))
            case "waiting":
                raise LinkNotOpen(self.link.opens)
            case "expired":
                raise LinkEnded(Message("This link has expired. Ask your instructor for a new code."))
            case "withdrawn":
                raise LinkEnded(Message("This link was withdrawn. Ask your instructor for a new code."))


async def card(code: str) -> Card:
    """The link with this code and its lesson, at most CARD_LIFE seconds old. Raises NotFound, LessonInTrash."""
    found = await _cards.get(code)
    if found is None:
        raise NotFound(Message("This code is not one of ours. Scan it again, or type the code printed under it."))
    if found.lesson.deleted_at is not None:
        raise LessonInTrash
    return found


def forget_card(code: str) -> None:
    """After a change: look the link up again at the next scan."""
    _cards.forget(code)


def forget_cards() -> None:
    """After a change of very many links: look all up again, which costs a query for each that is scanned now."""
    _cards.clear()


async def _load_card(code: str) -> Card | None:
    link = await _first(Link.code == code)
    if link is None:
        return None
    lesson = await lesson_by_id(link.lesson)
    return None if lesson.template else Card(link, lesson)


_cards = LoadingCache(_load_card, CARD_LIFE, CARDS_KEPT)


async def spoken_link(spoken: str) -> LinkInfo:
    """The link with this spoken code (seven characters, as `read_spoken` gives them). Raises NotFound."""
    link = await _first(Link.spoken == spoken)
    if link is None:
        raise NotFound(Message("No lesson has this code. Check it against the one on the sheet."))
    return link


@unit_of_work
async def issue_link(
    by: SignedIn | None,
    lesson: UUID,
    student: UUID | None = None,
    opens_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> LinkInfo:
    """Make a link: for the class, or for one student. Raises Invalid, Conflict for a template's."""
    _check_times(opens_at, expires_at)
    if await Lesson.exists().where(Lesson.id == lesson, Lesson.template.eq(True)):
        raise Conflict(Message("A template is not shown to students, so it has no link. Start a lesson from it."))
    row = Link(
        code=public_id(secrets.token_bytes(CODE_BYTES)), spoken=new_spoken(), lesson=lesson, student=student,
        opens_at=opens_at, expires_at=expires_at, created_at=now(), created_by=by.id if by else None,
    )  # fmt: skip
    async with writing():
        await Link.insert(row)
        link = await _first(Link.id == row.id)
        if link is None:
            raise NotFound
        times = {"opens_at": opens_at, "expires_at": expires_at}
        await _record("link.issue", by, link, changed(dict.fromkeys(times), times))
    return link


async def class_links(lessons: list[UUID]) -> dict[UUID, LinkInfo]:
    """The class link of each lesson that counts: the newest open one, else the newest that will open, else the newest.

    A lesson of which all are withdrawn or printed is left out.
    """
    own = Link.student.is_null(), Link.run.is_null(), Link.withdrawn_at.is_null()
    rows, moment = await _rows(Link.lesson.is_in(lessons), *own) if lessons else [], now()
    rows.sort(key=lambda link: (_LEAST_FIRST.index(link.state(moment)), link.created_at))
    return {link.lesson: link for link in rows}


async def live_class_links(lessons: list[UUID]) -> dict[UUID, LinkInfo]:
    """Those of them that are open or will open: withdrawn and expired ones are not worth paper."""
    links, moment = await class_links(lessons), now()
    return {lesson: link for lesson, link in links.items() if link.state(moment) in ("open", "waiting")}


async def live_links(lessons: list[UUID]) -> list[LinkInfo]:
    """All that open these lessons, or will open them."""
    rows, moment = await _rows(Link.lesson.is_in(lessons), Link.withdrawn_at.is_null()) if lessons else [], now()
    return [link for link in rows if link.state(moment) in ("open", "waiting")]


async def links_of_lesson(lesson: UUID, *, printed: bool = True) -> list[LinkInfo]:
    """All, the newest first; without those of print runs unless `printed`."""
    where = [Link.lesson == lesson] if printed else [Link.lesson == lesson, Link.run.is_null()]
    return sorted(await _rows(*where), key=lambda link: link.created_at, reverse=True)


async def link_of(person: SignedIn, link_id: UUID, may: Right = "read") -> LinkInfo:
    """A link of a course in which the person has the right. Raises NotFound, NotAllowed."""
    link = await _first(Link.id == link_id)
    if link is None:
        raise NotFound
    await lesson_of(person, link.lesson, may, deleted=True)
    return link


@unit_of_work
async def set_link_times(
    by: SignedIn | None, link: LinkInfo, opens_at: datetime | None, expires_at: datetime | None
) -> LinkInfo:
    """Change when a link opens and expires; printed codes stay good. Raises Invalid, Conflict."""
    _check_times(opens_at, expires_at)
    _check_not_withdrawn(link)
    async with writing():
        before = {"opens_at": link.opens_at, "expires_at": link.expires_at}
        after = {"opens_at": opens_at, "expires_at": expires_at}
        await Link.update({Link.opens_at: opens_at, Link.expires_at: expires_at}).where(Link.id == link.id)
        detail = changed(before, after)
        if detail:
            await _record("link.times", by, link, detail)
    forget_card(link.code)
    return replace(link, opens_at=opens_at, expires_at=expires_at)


@unit_of_work
async def withdraw_link(by: SignedIn | None, link: LinkInfo) -> None:
    """End a link for good, within CARD_LIFE in all processes; a second call changes nothing."""
    async with writing():
        open_still = Link.id == link.id, Link.withdrawn_at.is_null()
        if await Link.update({Link.withdrawn_at: now()}).where(*open_still).returning(Link.id):
            await _record("link.withdraw", by, link)
    forget_card(link.code)


@unit_of_work
async def reissue_link(by: SignedIn | None, link: LinkInfo) -> LinkInfo:
    """Withdraw a link and make one like it."""
    async with writing():
        await withdraw_link(by, link)
        expired = link.expires_at is not None and now() >= link.expires_at
        return await issue_link(by, link.lesson, link.student, link.opens_at, None if expired else link.expires_at)


async def _record(action: str, by: SignedIn | None, link: LinkInfo, detail: dict[str, Any] | None = None) -> None:
    """In the lesson's course, under the lesson's title: a link's own code opens it, and is not written down."""
    rows = await Lesson.select(Lesson.course, Lesson.title).where(Lesson.id == link.lesson)
    about = {"lesson": link.lesson} | ({"student": link.student} if link.student else {})
    for row in rows:
        await record(
            action, by, course=row["course"], object=link.id, label=row["title"], detail=about | (detail or {})
        )


def check_years(times: Mapping[str, datetime | None]) -> None:
    """Refuse times, by their fields' names, that some database or zone cannot tell. Raises Invalid."""
    for name, moment in times.items():
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            problem = Message("Choose a year from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR)
            raise Invalid({name: problem})


def _check_times(opens_at: datetime | None, expires_at: datetime | None) -> None:
    check_years({"opens_at": opens_at, "expires_at": expires_at})
    if opens_at is not None and expires_at is not None and opens_at >= expires_at:
        raise Invalid({"expires_at": Message("A link must expire after it opens.")})


def _check_not_withdrawn(link: LinkInfo) -> None:
    if link.withdrawn_at is not None:
        raise Conflict(Message("This link was withdrawn. Issue a new one."))


async def _first(where: Combinable) -> LinkInfo | None:
    rows = await _rows(where)
    return rows[0] if rows else None


async def _rows(*where: Combinable) -> list[LinkInfo]:
    return [LinkInfo(**row) for row in await Link.select(*COLUMNS).where(*where)]
