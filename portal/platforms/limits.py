"""What a platform takes, as data with its sources: what is surely refused refuses, what is only reported advises."""

from dataclasses import dataclass, field
from typing import Literal

from portal.platforms.counting import Count

Level = Literal["error", "warning"]
#: it is documented, or refusals were seen · somebody says so · nobody does
Known = Literal["sure", "reported", "unknown"]


@dataclass(frozen=True)
class Most:
    """At most: more than `refused` is an error, more than `advised` a warning; None is no limit that we know of.

    `sources` say where it is from, by name or address. What refuses has the platform's own documentation or error message,
    or two sources that agree; one alone is the only one found.
    """

    refused: float | None = None
    advised: float | None = None
    sources: tuple[str, ...] = ()

    @property
    def limit(self) -> int | None:
        """The one to tell people: what is refused, or else what is advised."""
        limit = self.advised if self.refused is None else self.refused
        return None if limit is None else int(limit)

    @property
    def known(self) -> Known:
        """How sure `limit` is."""
        return "sure" if self.refused is not None else "unknown" if self.advised is None else "reported"

    def passed(self, value: float) -> tuple[Level, int] | None:
        """How bad the value is, and the limit that it passes; None where it fits."""
        if self.refused is not None and value > self.refused:
            return "error", int(self.refused)
        if self.advised is not None and value > self.advised:
            return "warning", int(self.advised)
        return None


@dataclass(frozen=True)
class Between:
    """From `least` to `most`; outside of them it is a finding of the level. None is no bound that we know of."""

    least: float | None = None
    most: float | None = None
    level: Level = "warning"
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class OneOf:
    """Only what is `taken`; anything else is a finding of the level."""

    taken: frozenset[str]
    level: Level = "warning"
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextLimit:
    """Of a title or body: how long, counted how; `topics` where those that go into the text count too."""

    length: Most
    count: Count
    needed: bool = False
    topics: bool = False


@dataclass(frozen=True)
class PictureLimits:
    """`formats` as files are stored: "jpeg", "png", "webp", "gif". Sizes are pixels, `ratio` is width by height.

    What is outside of the ratio is cropped, or not taken at all where it is not `cropped`.
    """

    number: Most
    bytes: Most = Most()
    formats: OneOf = OneOf(frozenset({"jpeg", "png", "webp"}))
    width: Between = Between()
    longest_side: Between = Between()
    ratio: Between = Between()
    cropped: bool = True
    #: formats that are taken only as the one picture of a note
    alone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class VideoLimits:
    """`formats` are containers, `codecs` those of the picture; None in a video's facts is not known and fits."""

    seconds: Most = Most()
    bytes: Most = Most()
    formats: OneOf = OneOf(frozenset({"mp4"}))
    codecs: OneOf = OneOf(frozenset({"h264"}))
    shortest_side: Between = Between()
    cover: Level | None = None  # where there is none


@dataclass(frozen=True)
class TopicLimits:
    """`mark` is how a topic stands in the text, with {name}; `length` is of one, `total` of all names together.

    `needed` where the platform asks for one at least.
    """

    number: Most = Most()
    length: Most = Most()
    total: Most = Most()
    needed: bool = False
    mark: str = "#{name} "
    #: how bad it is when nothing parts a topic from the next
    spacing: Level | None = None


@dataclass(frozen=True)
class Limits:
    """All of a platform's. `pictures` or `video` is None where it takes no lesson of that kind."""

    title: TextLimit
    body: TextLimit
    pictures: PictureLimits | None
    video: VideoLimits | None
    topics: TopicLimits = field(default_factory=TopicLimits)
    #: how bad it is when a lesson holds pictures beside its video
    mixed: Level | None = None
    #: how bad an address is that only this machine or network, or no https, leads to
    private_media: Level | None = "warning"
