"""What a student sees: the scan, who they are, the lesson, their reports."""

from portal.pages.student import go, lesson, mine, publication, scan, who

routes = [
    *go.routes,
    *lesson.routes,
    *mine.routes,
    *publication.routes,
    *scan.routes,
    *who.routes,
]
