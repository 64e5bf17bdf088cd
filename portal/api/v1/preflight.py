"""What each platform would say to a lesson."""

from typing import Literal
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from courses.lessons.authoring import lesson_of
from courses.signed_in import SignedIn
from portal.api.failures import FAILURES
from portal.i18n import say
from portal.platforms import Platform
from portal.platforms.limits import Known, TextLimit
from portal.preflight.cutting import Cut
from portal.preflight.verdicts import Verdict, verdicts_on
from portal.settings import Settings
from portal.workers.threads import in_thread


class FindingAnswer(Struct):
    """`code` and `repair` are stable words, `where` a field with its place in a list: "title", "pictures[2]"."""

    code: str
    level: Literal["error", "warning"]
    where: str
    message: str
    repair: str | None


class LengthAnswer(Struct):
    """Counted in the platform's own way; `limit` null is none.

    `known` is how sure the limit is: "sure" where the platform refuses more, "reported" where somebody says so, and
    `sources` by whom it was said.
    """

    count: int
    limit: int | None
    known: Known
    sources: list[str]


class LengthsAnswer(Struct):
    """Of what would be published: `body` with its topics where the platform counts them."""

    title: LengthAnswer
    body: LengthAnswer


class PlatformAnswer(Struct):
    """What one platform would say; an "error" is refused, a "warning" may be."""

    findings: list[FindingAnswer]
    lengths: LengthsAnswer


class PreflightAnswer(Struct):
    """`publishable` where no platform of the lesson would refuse it; `platforms` by slug."""

    publishable: bool
    platforms: dict[str, PlatformAnswer]


@get("/lessons/{lesson_id:uuid}/preflight", responses=FAILURES)
async def show(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    lesson_id: FromPath[UUID],
) -> PreflightAnswer:
    """Check a lesson against each platform that it is for; messages are in the language of `Accept-Language`."""
    lesson = await lesson_of(person, lesson_id)
    verdicts = await in_thread(verdicts_on, settings, platforms, lesson)
    return PreflightAnswer(
        publishable=bool(verdicts) and not any(each.errors for each in verdicts),
        platforms={each.slug: _platform(each) for each in verdicts},
    )


def _platform(each: Verdict) -> PlatformAnswer:
    return PlatformAnswer(
        findings=[
            FindingAnswer(finding.code, finding.level, finding.where, say(finding.message), finding.repair)
            for finding in each.findings
        ],
        lengths=LengthsAnswer(_length(each.title, each.limits.title), _length(each.body, each.limits.body)),
    )


def _length(part: Cut, limit: TextLimit) -> LengthAnswer:
    return LengthAnswer(part.count, part.limit, limit.length.known, list(limit.length.sources))


routes = [show]
