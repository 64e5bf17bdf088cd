"""The lesson's page on the phone, whichever way it is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from litestar import MediaType, Request, Response
from markupsafe import Markup

from courses.events.ladder import DONE, Progress, decision, refused, rung
from courses.events.publications import progress_of
from courses.results.same_notes import shared_with
from portal.i18n import gettext as _
from portal.i18n import language
from portal.lessons.platform_drafts import draft_of
from portal.platforms import Platform
from portal.rehearsal.at_link import platforms_at
from portal.settings import Settings
from portal.sharing.addresses import share_url_lower, token_of, typed_address
from portal.student.kept_pages import DerivedCache, KeptPage, blank
from portal.student.offers import Offer, launch_and_reason, offer, remembered
from portal.student.visits import Visit
from portal.web.browsers import system
from portal.web.compression import takes_gzip
from portal.web.forms import no_errors
from portal.web.fragments import template_of
from portal.web.security import content_policy
from portal.web.theme import theme

KEPT = 500


@dataclass(frozen=True)
class Typed:
    """A form that comes back: what was typed, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=no_errors)
    status: int = 200
    done: str = ""
    platform: str = ""


NOTHING_TYPED = Typed()


class LessonPages:
    """What is rendered once for as long as a lesson's card lives: one per process."""

    def __init__(self) -> None:
        #: whole, but for what is of one phone
        self.pages: DerivedCache[KeptPage] = DerivedCache(KEPT)
        #: pictures, text, topics and the way by hand
        self.parts: DerivedCache[dict[str, Markup]] = DerivedCache(KEPT)


async def lesson_answer(
    request: Request[Any, Any, Any],
    settings: Settings,
    platforms: Mapping[str, Platform],
    kept: LessonPages,
    visit: Visit,
    typed: Typed = NOTHING_TYPED,
) -> Response[str | bytes]:
    """The page for this phone: nothing on it is of another student."""
    lesson, link = visit.card.lesson, visit.card.link
    platforms = await platforms_at(settings, platforms, link.id)
    shown = offer(request, settings, platforms, lesson, typed.platform or request.query_params.get("platform", ""))
    platform, slug = shown.platform, shown.slug
    progress = await progress_of(visit.student_id, lesson.id, slug) if visit.student_id else Progress()
    launch, reason = launch_and_reason(shown, visit.app is not None)
    sdk = platform.sdk_url if platform is not None and launch == "js_sdk" else None
    reached = rung(progress)[0]
    state = {
        "student": visit.student is not None,
        "changeable": visit.seat is None and visit.phone is not None,
        "asks": visit.student is None and visit.phone is not None and not visit.nameless,
        "app": visit.app,
        "system": system(request.headers.get("user-agent", "")),
        "sdk": sdk,
        "launch": launch,
        "open_app": platform.app_url if platform else "",
        "offered": shown.all,
        "counted": visit.phone is not None,
        "rung": reached,
        "refused": refused(progress),
        # Asked only of those who gave a note, which no first scan has.
        "shared": await shared_with(visit.student_id, lesson.id, slug, progress.note_id)
        if reached == "linked" and progress.note_id and visit.student_id
        else "",
        # By the platform's own word, and by no instructor's.
        "told": reached == "confirmed" and decision(progress) != "confirm",
        "refusal": bool(progress.refusal),
        "failure": bool(progress.failure),
        # What the page says of the progress says it too.
        "done": "" if reached in DONE else typed.done,
    }
    own = {
        "student_name": visit.student.name if visit.student else "",
        "reference": visit.phone.public_id if visit.phone and not visit.app else token_of(settings, link, visit.seat),
        "scan_id": visit.phone.event_id("scan") if visit.phone else "",
        "preview_id": visit.phone.event_id("preview") if visit.phone else "",
        "share_url": _way_out(visit, settings) if visit.app else "",
        "form_id": uuid4(),
        "note_url": progress.note_url or "",
        "refusal_words": progress.refusal or "",
        "failure_words": progress.failure or "",
    }

    def render() -> str:
        context = {
            **state,
            **{name: blank(name) for name in own},
            **_parts(request, settings, kept, visit, shown, launch),
            "lesson": lesson,
            "platform": platform,
            "platform_slug": slug,
            "platform_name": shown.name,
            "by_hand_reason": reason,
            "public_id": link.code,
            "typed_address": typed_address(settings),
            "spoken_code": link.spoken,
            "values": typed.values,
            "errors": typed.errors,
            "preview": False,
        }
        return template_of(request, "student/lesson/show.html").render(context)

    if typed.values or typed.errors:
        page = KeptPage.of(render())  # of this phone alone
    else:
        key = (link.code, language(), theme(), *state.values())
        page = kept.pages.get(key, visit.card, lambda: KeptPage.of(render()))
    headers = {"Vary": "Cookie, User-Agent, Accept-Language, Accept-Encoding"}
    if sdk:
        headers["Content-Security-Policy"] = content_policy(script=sdk, connect=settings.xhs_api_url)
    if visit.phone and not visit.app:
        # Opened by the cookie that a scan left: no crawler has one, so there is nothing to forbid it.
        headers["X-Robots-Tag"] = "nofollow, noarchive"
    small = takes_gzip(request.headers.get("accept-encoding", ""))
    if small:
        headers["Content-Encoding"] = "gzip"
    body = page.gzipped(own) if small else page.filled(own)
    answer = Response(body, media_type=MediaType.HTML, status_code=typed.status, headers=headers)
    if shown.chosen and visit.phone:
        answer.set_cookie(remembered(shown, settings))
    return answer


def _parts(
    request: Request[Any, Any, Any], settings: Settings, kept: LessonPages, visit: Visit, shown: Offer, launch: str
) -> dict[str, Markup]:
    lesson = visit.card.lesson
    # In rehearsal the way into the app may change at any time.
    open_app = shown.platform.app_url if shown.platform else ""
    key = (visit.card.link.code, language(), shown.slug, launch, open_app, visit.app is not None)

    def render() -> dict[str, Markup]:
        draft = draft_of(lesson, settings)
        context = {
            "lesson": lesson,
            "share_text": shown.platform.share_text(draft) if shown.platform else draft.content,
            "platform_name": shown.name,
            "open_app": open_app,
            "launch": launch,
            "app": visit.app,
        }
        return same_for_all(request, context)

    return kept.parts.get(key, visit.card, render)


def same_for_all(request: Request[Any, Any, Any], context: Mapping[str, Any]) -> dict[str, Markup]:
    """The parts of the page that hold nothing of a student."""
    return {
        part: Markup(template_of(request, f"student/lesson/_{part}.html").render(context))  # noqa: S704 -- a template's own output
        for part in ("content", "by_hand")
    }


def _way_out(visit: Visit, settings: Settings) -> str:
    """What is copied into the real browser, with the code of the room for as long as it is good."""
    address = share_url_lower(settings, visit.card.link, visit.seat)
    return f"{address}/{visit.room}" if visit.room else address


def done_sentence(word: str) -> str:
    """What a page says after a form was taken; nothing for a word that is not ours."""
    return {
        "named": _("Thank you. This phone will remember you for this course."),
        "claimed": _("Noted: you say that it is published."),
        "linked": _("Your link has been received."),
    }.get(word, "")
