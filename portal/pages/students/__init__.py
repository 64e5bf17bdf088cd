"""The roster, PINs, and whose phone is whose."""

from portal.pages.students import phones, pins, roster

routes = [
    *phones.routes,
    *pins.routes,
    *roster.routes,
]
