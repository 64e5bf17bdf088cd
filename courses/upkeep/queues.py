"""How much waits for the background, for those who watch the portal."""

from courses.clock import now
from courses.tables.classes import Delivery
from courses.tables.media import Upload
from courses.tables.printing import PrintRun


async def waiting_rows() -> dict[str, int]:
    """By queue: print runs and conversions that wait or go on, and messages to webhooks that are due."""
    under_way = ["queued", "working"]
    return {
        "print_runs": await PrintRun.count().where(PrintRun.state.is_in(under_way)),
        "conversions": await Upload.count().where(Upload.state.is_in(under_way)),
        "webhooks": await Delivery.count().where(Delivery.next_at <= now()),
    }
