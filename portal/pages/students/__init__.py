"""The list of students, a student, PINs, and whose phone is whose."""

from portal.pages.students import adding, chosen, merging, phones, pins, roster, student

routes = [
    *adding.routes,
    *chosen.routes,
    *merging.routes,
    *phones.routes,
    *pins.routes,
    *roster.routes,
    *student.routes,
]
