"""The lesson's page on the phone, whichever way it is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import MediaType, Request, Response
from markupsafe import Markup

from courses.events.ladder import DONE, Progress, rung
from courses.events.publications import progress_by_platform
from courses.events.rebuilding import progress_of_phone
from courses.results.same_notes import shared_with
from portal.i18n import gettext as _
from portal.i18n import language
from portal.lessons.long_bodies import read_body
from portal.lessons.platform_drafts import draft_of
from portal.platforms import Draft, Platform
from portal.platforms.declarations import steps
from portal.platforms.topics import clean_topics, with_topics
from portal.rehearsal.at_link import platforms_at
from portal.settings import Settings
from portal.sharing.addresses import typed_address
from portal.student.kept_pages import DerivedCache, KeptPage, blank
from portal.student.looks import OWN, Looks, looks_of, own_values
from portal.student.offers import Offer, offer, remembered
from portal.student.visits import Visit
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
    #: whose what was just sent is, where the phone is somebody else's by now
    counted_for: str = ""


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
    """The page for this phone: nothing on it is of another student.

    The visit and what is asked for give the platform, and the student's evidence on it. Both give the looks, by which a
    rendered page is kept for all phones that it fits; its blanks are filled with what is of this phone alone.
    """
    lesson, link = visit.card.lesson, visit.card.link
    platforms = await platforms_at(settings, platforms, link.id)
    shown = offer(request, settings, platforms, lesson, typed.platform or request.query_params.get("platform", ""))
    everywhere = await _evidence(visit)
    progress = everywhere.get(shown.slug, Progress())
    shared = await _shared(visit, shown, progress)
    await read_body(lesson.body)
    looks = looks_of(request, visit, shown, everywhere, shared, typed.done, bool(typed.counted_for))
    page = _page(request, settings, kept, visit, shown, looks, typed)
    own, headers = own_values(settings, visit, progress, typed.counted_for), _headers(settings, visit, looks)
    answer = _filled(request, page, own, headers, typed.status)
    if shown.chosen and visit.phone:
        answer.set_cookie(remembered(shown, settings))
    return answer


async def _evidence(visit: Visit) -> dict[str, Progress]:
    """By platform; of a phone that nobody let in only what it reported itself."""
    if visit.student_id is None:
        return {}
    if visit.standing.let_in:
        return await progress_by_platform(visit.student_id, visit.card.lesson.id)
    mine = await progress_of_phone(visit.student_id, visit.device or "")
    return {platform: progress for (lesson, platform), progress in mine.items() if lesson == visit.card.lesson.id}


async def _shared(visit: Visit, shown: Offer, progress: Progress) -> str:
    """Asked only of those who gave a note, which no first scan has."""
    if not progress.note_url or visit.student_id is None or rung(progress)[0] != "linked":
        return ""
    return await shared_with(visit.student_id, visit.card.lesson.id, shown.slug, progress)


def _page(
    request: Request[Any, Any, Any],
    settings: Settings,
    kept: LessonPages,
    visit: Visit,
    shown: Offer,
    looks: Looks,
    typed: Typed,
) -> KeptPage:
    """The page with its blanks: kept for others, unless a form came back."""
    link = visit.card.link

    def render() -> KeptPage:
        context = {
            **looks._asdict(),
            **{name: blank(name) for name in OWN},
            **_parts(request, settings, kept, visit, shown, looks),
            "published": looks.rung in DONE,
            "lesson": visit.card.lesson,
            "several": len(shown.all) > 1,
            "platform": shown.platform,
            "platform_slug": shown.slug,
            "platform_name": shown.name,
            "public_id": link.code,
            "typed_address": typed_address(settings),
            "spoken_code": link.spoken,
            "values": typed.values,
            "errors": typed.errors,
            "preview": False,
        }
        return KeptPage.of(template_of(request, "student/lesson/show.html").render(context))

    if typed.values or typed.errors:
        return render()
    return kept.pages.get((link.code, language(), theme(), looks), visit.card, render)


def _parts(
    request: Request[Any, Any, Any], settings: Settings, kept: LessonPages, visit: Visit, shown: Offer, looks: Looks
) -> dict[str, Markup]:
    lesson, in_app = visit.card.lesson, visit.app is not None
    # In rehearsal the way into the app may change at any time.
    key = (visit.card.link.code, language(), shown.slug, looks.launch, looks.open_app, in_app)

    def render() -> dict[str, Markup]:
        draft = draft_of(lesson, settings)
        context = {
            "lesson": lesson,
            **copied_texts(draft, shown.platform),
            "platform_name": shown.name,
            "declaring": steps(shown.platform.declarations, lesson.declarations) if shown.platform else None,
            "open_app": looks.open_app,
            "launch": looks.launch,
            "app": looks.app,
        }
        return same_for_all(request, context)

    return kept.parts.get(key, visit.card, render)


def copied_texts(draft: Draft, platform: Platform | None) -> dict[str, str]:
    """What the buttons copy: the same words as the platform gets, with the declaration where the text is to have it."""
    topics = clean_topics(draft.topics)
    if platform is None:
        text, all_of_it, mark = draft.linked or draft.content, draft.content, "#{name} "
    else:
        mark = platform.limits.topics.mark
        text, all_of_it = with_topics(platform.body(draft), (), mark), platform.share_text(draft)
    named = "".join(mark.format(name=topic) for topic in topics)
    return {"copied_text": text, "share_text": all_of_it, "copied_topics": named}


def same_for_all(request: Request[Any, Any, Any], context: Mapping[str, Any]) -> dict[str, Markup]:
    """The parts of the page that hold nothing of a student."""
    return {
        part: Markup(template_of(request, f"student/lesson/_{part}.html").render(context))  # noqa: S704 -- a template's own
        for part in ("content", "declare", "by_hand")
    }


def _headers(settings: Settings, visit: Visit, looks: Looks) -> dict[str, str]:
    headers = {"Vary": "Cookie, User-Agent, Accept-Language, Accept-Encoding"}
    if looks.sdk:
        headers["Content-Security-Policy"] = content_policy(script=looks.sdk, connect=settings.xhs_api_url)
    if visit.phone and not visit.app:
        # Opened by the cookie that a scan left: no crawler has one, so there is nothing to forbid it.
        headers["X-Robots-Tag"] = "nofollow, noarchive"
    return headers


def _filled(
    request: Request[Any, Any, Any], page: KeptPage, own: Mapping[str, object], headers: dict[str, str], status: int
) -> Response[str | bytes]:
    """The page with its blanks filled, packed where the browser takes that."""
    body: str | bytes
    if takes_gzip(request.headers.get("accept-encoding", "")):
        body, headers["Content-Encoding"] = page.gzipped(own), "gzip"
    else:
        body = page.filled(own)
    return Response(body, media_type=MediaType.HTML, status_code=status, headers=headers)


def done_sentence(word: str) -> str:
    """What a page says after a form was taken; nothing for a word that is not ours."""
    return {
        "named": _("Thank you. This phone will remember you for this course."),
        "claimed": _("Noted: you say that it is published."),
        "linked": _("Your link has been received."),
    }.get(word, "")
