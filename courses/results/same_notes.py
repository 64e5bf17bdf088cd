"""One note counts once: which publications name a note that another student's, or the student's own of another lesson, names too.

By the note's id, or by the same short link, which does not tell the id. Looked up when read, never stored.
"""

from dataclasses import dataclass
from uuid import UUID

from courses.catalogue.courses import course_of
from courses.errors import NotFound
from courses.events.ladder import Progress
from courses.signed_in import SignedIn
from courses.tables.events import Publication

#: the rungs on which a publication stands by its note: what was refused names none any more
NAMING = ("linked", "confirmed")
#: longer addresses are no short links, and say which note they are of
SHORT = 200
_LINK = "RTRIM(REPLACE(REPLACE(%s, 'http://', 'https://'), '://www.', '://'), '/')"
# COALESCE keeps SQLite from beginning with all rows of these rungs.
_OTHERS = (
    "FROM publication AS other JOIN lesson ON lesson.id = other.lesson AND lesson.deleted_at IS NULL"
    f" WHERE COALESCE(other.rung, '') IN {NAMING}"
)
_SAME_LINK = f"LENGTH(other.note_url) < {SHORT} AND {_LINK % 'other.note_url'} = "
_OF_ANOTHER = (
    "other.platform = publication.platform"
    " AND (other.student <> publication.student OR other.lesson <> publication.lesson)"
)
#: of a row of `publication`: whether another one names its note, by the indexes `publication_note` and `publication_link`
SHARED_SQL = (
    f"CASE WHEN publication.note_url IS NOT NULL AND publication.rung IN {NAMING} THEN"
    f" EXISTS (SELECT 1 {_OTHERS} AND {_OF_ANOTHER} AND other.note_id = publication.note_id)"
    f" OR EXISTS (SELECT 1 {_OTHERS} AND {_OF_ANOTHER} AND {_SAME_LINK}{_LINK % 'publication.note_url'}) ELSE FALSE END"
)
#: takes the platform and the note's id, the platform and its link: each half has its index
_SAME = (
    "other.id IN (SELECT other.id FROM publication AS other WHERE other.platform = {} AND other.note_id = {}"  # noqa: S608 -- constants
    " UNION ALL SELECT other.id FROM publication AS other"
    f" WHERE other.platform = {{}} AND {_SAME_LINK}{_LINK % '{}'})"
)


@dataclass(frozen=True)
class Twin:
    """Another row with the same note; of a course that the reader may not see, nothing else is told."""

    course: UUID | None = None
    lesson: UUID | None = None
    lesson_title: str = ""
    student: UUID | None = None
    student_name: str = ""


async def shared_with(student: UUID, lesson: UUID, platform: str, progress: Progress) -> str:
    """Whose other row has this note, too: "other" for another student's, "own" for one of another lesson, "" for none."""
    rows = await Publication.raw(
        f"SELECT other.student {_OTHERS} AND {_SAME} AND (other.student <> {{}} OR other.lesson <> {{}}) LIMIT 20",
        platform, progress.note_id, platform, progress.note_url, student, lesson,
    )  # fmt: skip
    if not rows:
        return ""
    return "other" if any(UUID(str(row["student"])) != student for row in rows) else "own"


async def twins(person: SignedIn, student: UUID, lesson: UUID, platform: str, progress: Progress) -> list[Twin]:
    """The other rows with this note, as far as the person may see them; those that stay hidden count as one."""
    rows = await Publication.raw(
        "SELECT other.student, other.lesson, lesson.course AS course, lesson.title AS title, "  # noqa: S608 -- constants
        f"(SELECT name FROM student WHERE student.id = other.student) AS name {_OTHERS}"
        f" AND {_SAME} AND (other.student <> {{}} OR other.lesson <> {{}}) ORDER BY other.linked_at LIMIT 20",
        platform, progress.note_id, platform, progress.note_url, student, lesson,
    )  # fmt: skip
    ids = [UUID(str(row["course"])) for row in rows]
    seen = {course: await _may_see(person, course) for course in dict.fromkeys(ids)}
    found = [
        Twin(course, UUID(str(row["lesson"])), row["title"], UUID(str(row["student"])), row["name"] or "")
        for course, row in zip(ids, rows, strict=True)
        if seen[course]
    ]
    return found if all(seen.values()) else [*found, Twin()]


async def _may_see(person: SignedIn, course: UUID) -> bool:
    try:
        await course_of(person, course)
    except NotFound:
        return False
    return True
