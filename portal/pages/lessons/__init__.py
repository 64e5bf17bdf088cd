"""A course's lessons: list, editor, media, history, calendar, trash."""

from portal.pages.lessons import (
    calendar,
    copies,
    form,
    history,
    lesson,
    listing,
    media,
    media_edits,
    merge,
    preflight,
    preview,
    trash,
    uploads,
)

routes = [
    *calendar.routes,
    *copies.routes,
    *form.routes,
    *history.routes,
    *lesson.routes,
    *listing.routes,
    *media.routes,
    *media_edits.routes,
    *merge.routes,
    *preflight.routes,
    *preview.routes,
    *trash.routes,
    *uploads.routes,
]
