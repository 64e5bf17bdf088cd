"""What the preflight says to a draft, for each platform: to people as HTML, to programs as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from courses.lessons.values import LessonInfo
from portal.i18n import language, say
from portal.lessons.platform_drafts import chosen_platforms, draft_of
from portal.platforms import Draft, Limits, Platform
from portal.preflight.checks import check
from portal.preflight.cutting import Cut, cut
from portal.preflight.findings import Finding
from portal.settings import Settings


@dataclass(frozen=True)
class Verdict:
    """All that one platform would say; `title` and `body` are as it would publish them."""

    slug: str
    names: Mapping[str, str]
    limits: Limits
    findings: list[Finding]
    title: Cut
    body: Cut

    @property
    def name(self) -> str:
        """The platform's, in the language of the request."""
        return self.names[language()]

    @property
    def errors(self) -> list[Finding]:
        """What would be refused."""
        return [finding for finding in self.findings if finding.level == "error"]


def verdicts_on(settings: Settings, platforms: Mapping[str, Platform], lesson: LessonInfo) -> list[Verdict]:
    """What each platform that the lesson is for would say, in the order in which they were chosen."""
    draft = draft_of(lesson, settings)
    return [verdict(draft, platform) for platform in chosen_platforms(lesson.platforms, platforms)]


def verdict(draft: Draft, platform: Platform) -> Verdict:
    """Check and cut."""
    title, body = cut(draft, platform)
    return Verdict(platform.slug, platform.names, platform.limits, check(draft, platform), title, body)


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as programs read it, its message in the language of the request."""
    return {
        "code": finding.code, "level": finding.level, "where": finding.where, "message": say(finding.message),
        "repair": finding.repair,
    }  # fmt: skip


def lengths(each: Verdict) -> dict[str, Any]:
    """How long title and body are in the platform's own way of counting, and how long they may be (None: no limit)."""
    return {
        "title": {"count": each.title.count, "limit": each.title.limit},
        "body": {"count": each.body.count, "limit": each.body.limit},
    }
