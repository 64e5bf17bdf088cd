"""Publishable before it is printed: what a platform would say to a lesson, where it would cut, and what one click mends."""

from portal.preflight.checks import check, refusals
from portal.preflight.cutting import Cut, cut
from portal.preflight.findings import Finding

__all__ = ["Cut", "Finding", "check", "cut", "refusals"]
