"""Sheets, print runs, printers, layouts of one's own."""

from portal.pages.printing import own_layouts, printers, runs, sheets

routes = [
    *own_layouts.routes,
    *printers.routes,
    *runs.routes,
    *sheets.routes,
]
