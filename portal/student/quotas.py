"""How much phones leave in the database in an hour, so that one of them fills no disk and takes no other's place.

A student whom the portal knows has a share of their own: whoever floods a class's link as nobody takes only what is
there for phones that have not said who they are. Counted in this process.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from litestar import Request

from portal.student.visits import Visit
from portal.web.limits import Limit
from portal.web.networks import NetworkLimit

HOUR = 3600
#: reports an hour of one student at one link, and of one phone that is nobody's yet; a lesson takes about ten for each platform
STUDENT_LIMIT = DEVICE_LIMIT = 600
#: of all phones together that are nobody's yet at one link in one network: a lecture hall before it has said its names
NAMELESS_LIMIT = 20_000
#: of one network, where a whole school may be
NETWORK_LIMIT = 60_000


class Quotas:
    """One per process."""

    def __init__(self) -> None:
        self._students, self._devices = Limit(STUDENT_LIMIT, HOUR), Limit(DEVICE_LIMIT, HOUR)
        self._links, self._networks = NetworkLimit(NAMELESS_LIMIT, HOUR), NetworkLimit(NETWORK_LIMIT, HOUR)

    def look(self, request: Request[Any, Any, Any], visit: Visit) -> None:
        """Before what was sent is looked into. Raises TooMany where nothing more of this visit is kept."""
        link = visit.card.link.code
        if visit.student_id is not None:
            self._students.look(str(visit.student_id), link)
        else:
            if visit.device:
                self._devices.look(visit.device)
            self._links.look(request, link)
        self._networks.look(request)

    @contextmanager
    def keeping(self, request: Request[Any, Any, Any], visit: Visit, rows: int = 1) -> Iterator[None]:
        """Count what is kept of a visit meanwhile; where that fails, or is too much, nothing is counted.

        Raises TooMany; what the phone has kept it sends again later.
        """
        link = visit.card.link.code
        with ExitStack() as counted:
            if visit.student_id is not None:
                counted.enter_context(self._students.keeping(str(visit.student_id), link, times=rows))
            else:
                if visit.device:
                    counted.enter_context(self._devices.keeping(visit.device, times=rows))
                counted.enter_context(self._links.keeping(request, link, times=rows))
            counted.enter_context(self._networks.keeping(request, times=rows))
            yield
