"""A course: settings, members, log, import and export, privacy."""

from portal.pages.course import aliases, courses, exchange, imports, log, logo, looking, members, privacy, webhooks

routes = [
    *aliases.routes,
    *courses.routes,
    *exchange.routes,
    *imports.routes,
    *log.routes,
    *logo.routes,
    *looking.routes,
    *members.routes,
    *privacy.routes,
    *webhooks.routes,
]
