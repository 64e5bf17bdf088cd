"""Every check of a draft against a platform's limits."""

from portal.platforms.protocol import Draft, Ruled
from portal.preflight.declarations import declaration_findings
from portal.preflight.findings import Finding, Named
from portal.preflight.left_out import left_out_findings
from portal.preflight.media import media_findings
from portal.preflight.texts import text_findings
from portal.preflight.topics import topic_findings


def check(draft: Draft, platform: Ruled) -> list[Finding]:
    """All findings, in the order of the form; empty means publishable without a doubt. Raises nothing."""
    name = Named(platform.names["zh"], platform.names["en"])
    return [
        *text_findings(draft, platform, name),
        *left_out_findings(draft, platform.body(draft), name),
        *topic_findings(draft, platform.limits.topics, name),
        *media_findings(draft, platform, name),
        *declaration_findings(draft, platform, name),
    ]


def refusals(draft: Draft, platform: Ruled) -> list[Finding]:
    """Only what the platform would refuse."""
    return [finding for finding in check(draft, platform) if finding.level == "error"]
