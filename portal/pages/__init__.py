"""The pages, a module per page or noun; each names its handlers in `routes`."""

from portal.pages import (
    account,
    completion,
    courses,
    go,
    health,
    invitations,
    language,
    lesson_page,
    people,
    publication,
    roster,
    scan,
    sign_in,
    student,
)

PAGES = [
    *account.routes,
    *completion.routes,
    *courses.routes,
    *go.routes,
    *health.routes,
    *invitations.routes,
    *language.routes,
    *lesson_page.routes,
    *people.routes,
    *publication.routes,
    *roster.routes,
    *scan.routes,
    *sign_in.routes,
    *student.routes,
]
