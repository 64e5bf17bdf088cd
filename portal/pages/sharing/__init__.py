"""A lesson's link on screens: share, codes, present, wall, code of the room, rehearsed faults."""

from portal.pages.sharing import codes, course_codes, present, rehearsing, room, share, wall

routes = [
    *codes.routes,
    *course_codes.routes,
    *present.routes,
    *rehearsing.routes,
    *room.routes,
    *share.routes,
    *wall.routes,
]
