"""Who reached what: completion, marks, reminders, scans, statistics, exports, closing sheets."""

from portal.pages.results import cell, closing, completion, exports, marks, reminders, scans, statistics

routes = [
    *cell.routes,
    *closing.routes,
    *completion.routes,
    *exports.routes,
    *marks.routes,
    *reminders.routes,
    *scans.routes,
    *statistics.routes,
]
