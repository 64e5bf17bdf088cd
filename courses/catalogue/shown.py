"""Which lessons of a course its students see. The course list counts them, so the rule stands below the lessons."""

from uuid import UUID

from piccolo.columns.combination import And

from courses.tables.lessons import Lesson

_NOT_DELETED = Lesson.deleted_at.is_null()
#: of whichever course
SHOWN = _NOT_DELETED & Lesson.template.eq(False)


def students_see(course_id: UUID) -> And:
    """True of the lessons of a course that are neither in the trash nor templates."""
    return (Lesson.course == course_id) & SHOWN


def templates_in(course_id: UUID) -> And:
    """True of the templates of a course that are not in the trash."""
    return (Lesson.course == course_id) & _NOT_DELETED & Lesson.template.eq(True)
