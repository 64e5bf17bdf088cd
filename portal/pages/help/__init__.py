"""Help for teachers."""

from portal.pages.help import pages

routes = [*pages.routes]
