"""The doctor reads the figures of the portal that runs."""

from dataclasses import replace

import httpx
import pytest

from portal.commands.doctor import CHECKS
from portal.commands.figures import complaints, figures_in
from portal.settings import Settings

TOO_MUCH = """
lessonlink_loop_stall_seconds 0.4
lessonlink_loop_stall_worked_seconds 0.3
lessonlink_journal_waiting 501
lessonlink_commit_failures_total 2
lessonlink_work{kind="pin",state="waiting"} 51
lessonlink_database_connections{state="used"} 9
lessonlink_database_connections{state="most"} 10
"""


def test_each_figure_that_is_too_high_is_told_with_what_to_do() -> None:
    told = [sentence.split(":")[0] for sentence in complaints(figures_in(TOO_MUCH))]
    assert told == [
        "the event loop stood still for 0.30 s by its own work",
        "501 requests wait for a commit",
        "the database refused 2 groups of reports since the start",
        "51 pieces of work (pin) wait",
        "9 of 10 database connections are in use",
    ]
    machine = list(complaints(figures_in("lessonlink_loop_stall_seconds 0.4")))
    assert machine == [
        "the event loop stood still for 0.40 s because the machine has too much to do: give it another processor"
    ]
    assert list(complaints(figures_in(""))) == []


@pytest.mark.anyio
async def test_doctor_says_where_the_running_portal_cannot_be_read(settings: Settings) -> None:
    check = CHECKS["running portal"]
    assert "PORTAL_METRICS_TOKEN" in await check(settings)
    gone = replace(settings, public_url="http://127.0.0.1:1", metrics_token="a-token-of-this-test")
    with pytest.raises(httpx.ConnectError):
        await check(gone)
