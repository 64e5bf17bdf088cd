"""What a phone's page of a lesson shows: what is alike for many phones, and what is of this one alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from litestar import Request

from courses.clock import milliseconds, now
from courses.events.done import counts, is_done, still_to_do
from courses.events.ladder import DONE, Progress, decision, refused, rung
from portal.settings import Settings
from portal.sharing.addresses import share_url_lower, token_of
from portal.student.offers import Offer, launch_and_reason
from portal.student.visits import Visit, handle_of
from portal.web.browsers import InAppBrowser, system


class Looks(NamedTuple):
    """What a page says of the way to publish and of how far the student is: alike for many phones, and never whose it is.

    A rendered page is kept by it. The defaults are of a phone of which nothing is known.
    """

    launch: str = "assist"
    #: why by hand, as `launch_and_reason` says it
    by_hand_reason: str = ""
    sdk: str | None = None
    open_app: str = ""
    #: the platforms, as (slug, name), the one that is shown first
    offered: tuple[tuple[str, str], ...] = ()
    #: the other app whose browser it is, and the phone's system
    app: InAppBrowser | None = None
    system: str = ""
    #: who it is: known, to be changed here, to be asked; and whether the phone's reports count
    student: bool = False
    changeable: bool = False
    #: the phone sees what others reported of the student
    let_in: bool = True
    asks: bool = False
    counted: bool = False
    #: how far: the rung, and what was said to it
    rung: str = ""
    refused: bool = False
    refusal: bool = False
    failure: bool = False
    #: the note is somebody else's too ("other"), or given for another lesson ("own")
    shared: str = ""
    #: confirmed by the platform's own word, and by no instructor's
    told: bool = False
    #: a sentence on what was just sent
    done: str = ""
    #: it was sent from the page of a student who had the phone before
    handed_on: bool = False
    #: the platforms that count, whether the lesson is done, and those that it still asks for
    ticked: tuple[str, ...] = ()
    finished: bool = False
    missing: tuple[str, ...] = ()
    #: the link has ended, and what was begun may be finished until then
    until: datetime | None = None


#: what is filled into a kept page for each phone
OWN = (
    "student_name", "reference", "handle", "scan_id", "preview_id", "share_url", "form_id", "note_url", "refusal_words",
    "failure_words", "counted_for", "server_now",
)  # fmt: skip


def looks_of(
    request: Request[Any, Any, Any],
    visit: Visit,
    shown: Offer,
    everywhere: Mapping[str, Progress],
    shared: str,
    done: str,
    handed_on: bool = False,
) -> Looks:
    """`everywhere` is the evidence by platform, `shared` says whose the note is too.

    `done` is what was just sent, `handed_on` that it counts for another student.
    """
    progress = everywhere.get(shown.slug, Progress())
    platform, reached, student = shown.platform, rung(progress)[0], visit.student is not None
    rule, rungs = visit.card.lesson.done_rule, {slug: rung(each)[0] for slug, each in everywhere.items()}
    launch, reason = launch_and_reason(shown, visit.app is not None)
    return Looks(
        launch=launch,
        by_hand_reason=reason,
        sdk=platform.sdk_url if platform is not None and launch == "js_sdk" else None,
        open_app=platform.app_url if platform else "",
        offered=shown.all,
        app=visit.app,
        system=system(request.headers.get("user-agent", "")),
        student=student,
        changeable=visit.seat is None and visit.phone is not None,
        let_in=visit.standing.let_in,
        asks=not student and visit.phone is not None and not visit.nameless,
        counted=visit.phone is not None,
        rung=reached,
        refused=refused(progress),
        refusal=bool(progress.refusal),
        failure=bool(progress.failure),
        shared=shared,
        told=reached == "confirmed" and decision(progress) != "confirm",
        # What the page says of the progress says it too.
        done="" if reached in DONE or handed_on else done,
        handed_on=handed_on,
        ticked=tuple(slug for slug, _ in shown.all if slug in rungs and counts(rule, rungs[slug])),
        finished=is_done(rule, rungs),
        missing=still_to_do(rule, rungs) if rungs else (),
        until=visit.card.link.grace_until(now()),
    )


def own_values(settings: Settings, visit: Visit, progress: Progress, counted_for: str = "") -> dict[str, object]:
    """A value for each of OWN; `counted_for` is whose what was just sent is, where not of who has the phone."""
    phone, link = visit.phone, visit.card.link
    return {
        "student_name": visit.shown_name,
        "reference": phone.public_id if phone and not visit.app else token_of(settings, link, visit.seat),
        "handle": handle_of(settings, visit),
        "scan_id": phone.event_id("scan") if phone else "",
        "preview_id": phone.event_id("preview") if phone else "",
        "share_url": _way_out(visit, settings) if visit.app else "",
        "form_id": uuid4(),
        "note_url": progress.note_url or "",
        "refusal_words": progress.refusal or "",
        "failure_words": progress.failure or "",
        "counted_for": counted_for,
        "server_now": milliseconds(now()),
    }


def _way_out(visit: Visit, settings: Settings) -> str:
    """What is copied into the real browser, with the code of the room for as long as it is good."""
    address = share_url_lower(settings, visit.card.link, visit.seat)
    return f"{address}/{visit.room}" if visit.room else address
