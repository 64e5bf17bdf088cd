"""The lessons of a course as they are looked for: searched, filtered, sorted, a page at a time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.query import Select

from courses.catalogue.shown import students_see, templates_in
from courses.clock import now
from courses.lessons.authoring import lessons_by_id
from courses.lessons.done_counts import Tally, tallies
from courses.lessons.ordering import BY_PLACE
from courses.lessons.values import LessonInfo
from courses.paging import page_of
from courses.tables.lessons import Lesson

PAGE_SIZE = 50
#: by the class link that counts, and by the lesson's own times; "template" looks among the templates
STATES = ("open", "waiting", "closed", "none", "template")
#: the first is the order by hand; see `ordering.py`
SORTS = ("place", "newest", "oldest", "changed", "title", "published")
WORDS, TEXT_LENGTH = 10, 200

_LINKS = "FROM link WHERE link.lesson = lesson.id AND link.student IS NULL AND link.run IS NULL AND link.withdrawn_at IS NULL"
_NOT_EXPIRED = "COALESCE(link.expires_at > {}, TRUE)"
_SHARED = f"EXISTS (SELECT 1 {_LINKS})"
_CLOSED = f"(COALESCE(lesson.closes_at <= {{}}, FALSE) OR NOT EXISTS (SELECT 1 {_LINKS} AND {_NOT_EXPIRED}))"
_WAITING = (
    "(COALESCE(lesson.opens_at > {}, FALSE) OR NOT EXISTS ("
    f"SELECT 1 {_LINKS} AND {_NOT_EXPIRED} AND COALESCE(link.opens_at <= {{}}, TRUE)))"
)
#: what must be true of a lesson in a state, as `class_links` chooses its link; each place takes the present moment
_OF_STATE = {
    "none": f"NOT {_SHARED}",
    "closed": f"{_SHARED} AND {_CLOSED}",
    "waiting": f"{_SHARED} AND NOT {_CLOSED} AND {_WAITING}",
    "open": f"{_SHARED} AND NOT {_CLOSED} AND NOT {_WAITING}",
}


@dataclass(frozen=True)
class LessonFilter:
    """What is looked for: all that is given must hold, "" and None hold always.

    Every word of `text` must be in the title, the body or the topics. `platform` is a slug, `topic` without "#".
    """

    text: str = ""
    platform: str = ""
    state: str = ""
    topic: str = ""
    author: UUID | None = None
    sort: str = SORTS[0]

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out, beside keeping templates and lessons apart."""
        return bool(self.text.strip() or self.platform or self.topic or self.author or self.state in _OF_STATE)


@dataclass(frozen=True)
class LessonPage:
    """Lessons in their order; `found` counts those of all pages, which are numbered from 1."""

    lessons: tuple[LessonInfo, ...]
    found: int
    page: int
    pages: int


@dataclass(frozen=True)
class Facets:
    """What a course's lessons can be filtered by, how many there are, and its templates by title."""

    lessons: int = 0
    templates: Mapping[UUID, str] = field(default_factory=dict)
    #: with how many have them, the most used first
    topics: Mapping[str, int] = field(default_factory=dict)
    authors: Mapping[UUID, str] = field(default_factory=dict)


async def search_lessons(course_id: UUID, wanted: LessonFilter, page: int = 1) -> LessonPage:
    """One page of what is looked for, in a fixed number of queries; a page that is not there is the nearest one."""
    where = _where(course_id, wanted)
    if wanted.sort == "published":
        everything = await matching_lessons(course_id, wanted)
        at = page_of(len(everything), PAGE_SIZE, page)
        found, ids = len(everything), everything[at.offset : at.offset + PAGE_SIZE]
    else:
        found = await Lesson.count().where(*where)
        at = page_of(found, PAGE_SIZE, page)
        ids = await _ids(where, wanted.sort).limit(PAGE_SIZE).offset(at.offset).output(as_list=True)
    known = {lesson.id: lesson for lesson in await lessons_by_id(course_id, ids)} if ids else {}
    return LessonPage(tuple(known[identity] for identity in ids if identity in known), found, at.page, at.pages)


async def matching_lessons(course_id: UUID, wanted: LessonFilter) -> list[UUID]:
    """All that is looked for, in its order."""
    ids: list[UUID] = await _ids(_where(course_id, wanted), wanted.sort).output(as_list=True)
    if wanted.sort == "published":
        found = await tallies(course_id)
        ids.sort(key=lambda lesson: -found.get(lesson, Tally()).done)
    return ids


async def facets(course_id: UUID) -> Facets:
    """In one query."""
    rows = await Lesson.select(
        Lesson.id, Lesson.title, Lesson.author, Lesson.author.name.as_alias("name"), Lesson.topics, Lesson.template
    ).where(Lesson.course == course_id, Lesson.deleted_at.is_null())  # fmt: skip
    topics = Counter(topic for row in rows if row["topics"] != "[]" for topic in msgspec.json.decode(row["topics"]))
    authors = {row["author"]: row["name"] for row in rows if row["author"] is not None}
    templates = {row["id"]: row["title"] for row in rows if row["template"]}
    return Facets(
        len(rows) - len(templates), _by_name(templates), dict(topics.most_common()),
        _by_name(authors),
    )  # fmt: skip


async def state_counts(course_id: UUID) -> dict[str, int]:
    """How many lessons are in each of STATES, but for the templates; in one query."""
    moment = now()
    sums = ", ".join(
        f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS count_{state}" for state, condition in _OF_STATE.items()
    )
    moments = [moment] * sums.count("{}")
    rows = await Lesson.raw(
        f"SELECT {sums} FROM lesson WHERE lesson.course = {{}} AND lesson.deleted_at IS NULL AND NOT lesson.template",  # noqa: S608 -- of our own constants
        *moments,
        course_id,
    )
    return {state: int(rows[0][f"count_{state}"] or 0) for state in _OF_STATE}


async def lesson_titles(course_id: UUID) -> dict[UUID, str]:
    """The titles of the lessons that students see, in the order they were made."""
    rows = await Lesson.select(Lesson.id, Lesson.title).where(students_see(course_id)).order_by(
        Lesson.created_at, Lesson.id
    )  # fmt: skip
    return {row["id"]: row["title"] for row in rows}


async def templates_of(course_id: UUID) -> Mapping[UUID, str]:
    """The titles of a course's templates, by name."""
    rows = await Lesson.select(Lesson.id, Lesson.title).where(templates_in(course_id))
    return _by_name({row["id"]: row["title"] for row in rows})


async def topics_of(course_id: UUID) -> list[str]:
    """The topics of the lessons that are not in the trash, the most used first, equally used ones by their text."""
    used = await Lesson.select(Lesson.topics).where(Lesson.course == course_id, Lesson.deleted_at.is_null()).output(
        as_list=True
    )  # fmt: skip
    counts = Counter(topic for topics in used for topic in msgspec.json.decode(topics))
    return sorted(counts, key=lambda topic: (-counts[topic], topic))


def _by_name(names: dict[UUID, str]) -> dict[UUID, str]:
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def _where(course_id: UUID, wanted: LessonFilter) -> list[Combinable]:
    where: list[Combinable] = [templates_in(course_id) if wanted.state == "template" else students_see(course_id)]
    # PostgreSQL keeps no NUL, so nothing can be found by one.
    for word in wanted.text.replace("\0", "")[:TEXT_LENGTH].casefold().split()[:WORDS]:
        where.append(_like("lesson.search", word))
    for column, name in (("lesson.topics", wanted.topic), ("lesson.platforms", wanted.platform)):
        if name:
            where.append(_like(f"CAST({column} AS TEXT)", msgspec.json.encode(name[:TEXT_LENGTH]).decode()))
    if wanted.author is not None:
        where.append(Lesson.author == wanted.author)
    if wanted.state in _OF_STATE:
        condition = _OF_STATE[wanted.state]
        moments: list[datetime] = [now()] * condition.count("{}")
        where.append(WhereRaw(condition, *moments))
    return where


def _like(column: str, part: str) -> WhereRaw:
    for letter in "!%_":
        part = part.replace(letter, f"!{letter}")
    return WhereRaw(f"{column} LIKE {{}} ESCAPE '!'", f"%{part}%")


def _ids(where: list[Combinable], sort: str) -> Select[Lesson]:
    query = Lesson.select(Lesson.id).where(*where)
    match sort:
        case "place":
            return query.order_by(*BY_PLACE)
        case "title":
            # It begins with the title.
            return query.order_by(Lesson.search, Lesson.id)
        case "oldest":
            return query.order_by(Lesson.created_at, Lesson.id)
        case "changed":
            return query.order_by(Lesson.updated_at, Lesson.id, ascending=False)
    return query.order_by(Lesson.created_at, Lesson.id, ascending=False)
