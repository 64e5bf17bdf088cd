"""The pages, ten areas; each names its handlers in `routes`."""

from portal.pages import (
    account,
    course,
    health,
    help,
    installable,
    lessons,
    printing,
    results,
    search,
    sharing,
    student,
    students,
)

PAGES = [
    *account.routes,
    *course.routes,
    *lessons.routes,
    *sharing.routes,
    *students.routes,
    *results.routes,
    *printing.routes,
    *search.routes,
    *student.routes,
    *help.routes,
    *installable.routes,
    *health.routes,
]
