"""What done means: on which of a lesson's platforms, and from which rung on. Pure, and the only place that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from courses.events.ladder import RANK, RUNGS

#: on any one of its platforms, on all of them, or on those that are named
WHICH = ("any", "all", "these")
#: the rungs from which on a platform can count
FROM = RUNGS[RANK["claimed"] :]


@dataclass(frozen=True)
class DoneRule:
    """When a lesson is done: `which` is one of WHICH, `rung` one of FROM, `platforms` those that "these" names."""

    which: str = WHICH[0]
    platforms: tuple[str, ...] = ()
    rung: str = FROM[0]

    @property
    def known(self) -> bool:
        """Whether it is one that there is, and not what somebody has sent in its place."""
        return self.which in WHICH and self.rung in FROM

    def over(self, platforms: Sequence[str]) -> "DoneRule":
        """The rule of a lesson that goes to these platforms: "all" names them."""
        return replace(self, platforms=tuple(platforms)) if self.which == "all" else self


#: until somebody says something else, and of lessons that are older than the rule
USUAL = DoneRule()


def counts(rule: DoneRule, rung: str) -> bool:
    """Whether a platform on which this rung is reached counts."""
    return RANK[rung] >= RANK[rule.rung]


def is_done(rule: DoneRule, reached: Mapping[str, str]) -> bool:
    """Whether the rungs that are reached, by platform, are enough. Of "all" the rule must be over a lesson's platforms."""
    if rule.which == "any":
        return any(counts(rule, rung) for rung in reached.values())
    return bool(rule.platforms) and all(counts(rule, reached.get(slug, RUNGS[0])) for slug in rule.platforms)


def still_to_do(rule: DoneRule, reached: Mapping[str, str]) -> tuple[str, ...]:
    """The platforms without which it is not done; none where it is, or where any one would do."""
    if rule.which == "any":
        return ()
    return tuple(slug for slug in rule.platforms if not counts(rule, reached.get(slug, RUNGS[0])))
