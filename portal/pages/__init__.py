"""The pages, eight areas; each names its handlers in `routes`."""

from portal.pages import account, course, health, lessons, printing, results, sharing, student, students

PAGES = [
    *account.routes,
    *course.routes,
    *lessons.routes,
    *sharing.routes,
    *students.routes,
    *results.routes,
    *printing.routes,
    *student.routes,
    *health.routes,
]
