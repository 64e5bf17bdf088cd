"""Who reached what: completion, marks, reminders, review, scans, statistics, exports, closing sheets."""

from portal.pages.results import cell, closing, completion, exports, marks, reminders, review, scans, statistics, today

routes = [
    *cell.routes,
    *closing.routes,
    *completion.routes,
    *exports.routes,
    *marks.routes,
    *reminders.routes,
    *review.routes,
    *scans.routes,
    *statistics.routes,
    *today.routes,
]
