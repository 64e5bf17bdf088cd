"""A lesson's history: what was saved when and by whom, what it changed, and the way back."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import course_of
from courses.clock import now
from courses.errors import EditConflict, NotFound
from courses.lessons.authoring import lesson_of
from courses.lessons.history import (
    as_it_was,
    history_page,
    media_in,
    past_revision,
    restore_revision,
    revision_before,
    runs,
)
from courses.lessons.revisions import RevisionInfo
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.i18n import language
from portal.lessons.changes import differences, summary
from portal.settings import Settings
from portal.web.forms import Form, one
from portal.web.typed import lookup_number, read_number
from portal.workers.threads import in_thread

Against = Literal["present", "before"]


@dataclass(frozen=True)
class Save:
    """A revision with its time of day and what it changed; `changes` is None for the first."""

    revision: RevisionInfo
    clock: str
    changes: list[str] | None


@dataclass(frozen=True)
class Entry:
    """One save, or a run of autosaves, the newest first; `changes` is what they did together."""

    saves: list[Save]
    changes: list[str] | None

    @property
    def newest(self) -> Save:
        """The last of the run."""
        return self.saves[0]


@get("/lessons/{lesson_id:uuid}/history", include_in_schema=False)
async def index(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    lesson_id: FromPath[UUID],
    before: FromQuery[int] = 0,
    done: FromQuery[str] = "",
) -> Template:
    """The timeline, the newest first; `before` is the number from which older ones are shown."""
    lesson = await lesson_of(person, lesson_id)
    course = await course_of(person, lesson.course)
    page = await history_page(lesson, lookup_number(before) if before > 0 else None)
    shown = page.revisions + ([page.before] if page.before else [])
    changes: dict[int, list[str] | None] = {
        newer.number: summary(older.draft, newer.draft) for newer, older in pairwise(shown)
    }
    newest = page.revisions[0] if page.revisions and page.revisions[0].number == lesson.version else None
    context = {
        "person": person,
        "course": course,
        "lesson": lesson,
        "days": _days(page.revisions, page.before, changes, ZoneInfo(settings.time_zone)),
        "older": page.revisions[-1].number if page.before else None,
        "before": before,
        "done": done,
        "newest": newest,
        "undo": page.revisions[1].number if newest and newest.note == "restored" and len(page.revisions) > 1 else None,
    }
    return Template("lessons/history/index.html", context=context)


def _days(
    revisions: list[RevisionInfo], older: RevisionInfo | None, changes: dict[int, list[str] | None], zone: ZoneInfo
) -> list[tuple[str, list[Entry]]]:
    """The entries of each day, with the day's name; a run belongs to the day of its last save."""
    entries = []
    together = runs(revisions)
    following = [*together[1:], [older] if older else []] if together else []
    for run, earlier in zip(together, following, strict=True):
        saves = [Save(each, _clock(each, zone), changes.get(each.number)) for each in run]
        whole = summary(earlier[0].draft, run[0].draft) if earlier else None
        entries.append(Entry(saves, whole))
    return [
        (_day_name(day, zone), list(of_day))
        for day, of_day in groupby(entries, key=lambda entry: entry.newest.revision.at.astimezone(zone).date())
    ]


def _clock(revision: RevisionInfo, zone: ZoneInfo) -> str:
    return format_time(revision.at, "short", tzinfo=zone, locale=language())


def _day_name(day: date, zone: ZoneInfo) -> str:
    today = now().astimezone(zone).date()
    name = format_date(day, "long", locale=language())
    if day == today:
        return _("Today, {date}").format(date=name)
    return _("Yesterday, {date}").format(date=name) if day == today - timedelta(days=1) else name


@get("/lessons/{lesson_id:uuid}/history/{number:int}", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    lesson_id: FromPath[UUID],
    number: FromPath[int],
    against: FromQuery[str] = "present",
) -> Template:
    """One revision as students would have seen it, and what differs; from here it is brought back."""
    return await _page(
        person, await lesson_of(person, lesson_id), number, "before" if against == "before" else "present"
    )


@post("/lessons/{lesson_id:uuid}/restorations", status_code=303, include_in_schema=False)
async def restore(
    person: NamedDependency[SignedIn], lesson_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect | Template:
    """Bring a revision back as a new one; what was saved since the page was opened is not overwritten."""
    lesson = await lesson_of(person, lesson_id, "write")
    number, base = read_number(one(data, "number")), read_number(one(data, "base"))
    if number is None or base is None:
        raise NotFound
    try:
        version = await restore_revision(person, lesson, number, base)
    except EditConflict:
        return await _page(person, await lesson_of(person, lesson_id), number, "present", conflict=True)
    done = "restored" if version != base else "same"
    return Redirect(f"/lessons/{lesson.id}/history", query_params={"done": done}, status_code=303)


async def _page(
    person: SignedIn, lesson: LessonInfo, number: int, against: Against, conflict: bool = False
) -> Template:
    course = await course_of(person, lesson.course)
    number = lookup_number(number)
    revision = await past_revision(lesson, number)
    before = await revision_before(lesson, number)
    old = lesson.draft if against == "present" or before is None else before.draft
    media = await media_in(lesson, revision.draft, old)
    # In a thread: long texts take a while, and scans must not wait for them.
    found = await in_thread(differences, old, revision.draft, media)
    context = {
        "person": person,
        "course": course,
        "lesson": lesson,
        "past": as_it_was(lesson, revision.draft, media),
        "revision": revision,
        "before": before,
        "against": against if before is not None else "present",
        "found": found,
        "lost": [place for place, each in enumerate(revision.draft.pictures, start=1) if each not in media],
        "lost_video": revision.draft.video is not None and revision.draft.video not in media,
        "lost_cover": revision.draft.cover is not None and revision.draft.cover not in media,
        "conflict": conflict,
    }
    return Template("lessons/history/show.html", context=context, status_code=409 if conflict else 200)


routes = [index, show, restore]
