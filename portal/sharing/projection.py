"""What stands on a projector beside the count: the QR code's address, the codes to type, and until when they are good."""

from datetime import datetime
from typing import Any

from courses.lessons.links import LinkInfo
from courses.lessons.room_codes import room_code
from courses.lessons.values import LessonInfo
from courses.spoken import show_spoken
from portal.settings import Settings
from portal.sharing.addresses import room_url, share_url
from print.codes import QUIET, encode

#: seconds after which a projector asks again, at the latest: a link may be replaced
AGAIN = 10.0


def projection(settings: Settings, lesson: LessonInfo, link: LinkInfo | None, moment: datetime) -> dict[str, Any]:
    """`{link, state, code, spoken, room, image, modules, again}`: `image` is the QR code's address, `modules` its width.

    `room` has the six digits as "123 456", "" where nobody is asked for them; `state` is the link's, or "none".
    """
    state = link.state(moment) if link else "none"
    if link is None or state == "expired":
        nothing = dict.fromkeys(("link", "code", "spoken", "room", "image"), "")
        return nothing | {"state": state, "modules": 0, "again": AGAIN}
    image, url, room, again = f"/links/{link.id}/qr.svg", share_url(settings, link), "", AGAIN
    if lesson.room_code:
        code = room_code(settings.keyring, link.code_bytes, moment)
        room, again = f"{code.digits[:3]} {code.digits[3:]}", min(code.left, AGAIN)
        # Another address for each step, so that the picture is asked for again.
        image, url = f"{image}?room={code.digits}", room_url(settings, link, moment)
    return {
        "link": str(link.id), "state": state, "code": link.code, "spoken": show_spoken(link.spoken), "room": room,
        "image": image, "modules": encode(url, "M").size + 2 * QUIET, "again": again,
    }  # fmt: skip
