"""What a platform takes, as data. A limit that is surely enforced refuses; one that sources disagree about advises."""

from dataclasses import dataclass, field
from typing import Literal

from portal.platforms.counting import Count

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Most:
    """At most: more than `refused` is an error, more than `advised` a warning; None is no limit."""

    refused: float | None = None
    advised: float | None = None

    @property
    def limit(self) -> int | None:
        """The one to tell people: what is refused, or else what is advised."""
        limit = self.advised if self.refused is None else self.refused
        return None if limit is None else int(limit)

    def passed(self, value: float) -> tuple[Level, int] | None:
        """How bad the value is, and the limit that it passes; None where it fits."""
        if self.refused is not None and value > self.refused:
            return "error", int(self.refused)
        if self.advised is not None and value > self.advised:
            return "warning", int(self.advised)
        return None


@dataclass(frozen=True)
class Between:
    """From `least` to `most`; outside of them it is a finding of the level. None is no bound."""

    least: float | None = None
    most: float | None = None
    level: Level = "warning"


@dataclass(frozen=True)
class TextLimit:
    """Of a title or body: how long, counted how; `topics` where those that go into the text count too."""

    length: Most
    count: Count
    needed: bool = False
    topics: bool = False


@dataclass(frozen=True)
class PictureLimits:
    """`formats` as files are stored: "jpeg", "png", "webp", "gif". Sizes are pixels, `ratio` is width by height."""

    number: Most
    bytes: Most = Most()
    formats: frozenset[str] = frozenset({"jpeg", "png", "webp"})
    width: Between = Between()
    longest_side: Between = Between()
    ratio: Between = Between()
    #: formats that are taken only as the one picture of a note
    alone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class VideoLimits:
    """`formats` are containers, `codecs` those of the picture; None in a video's facts is not known and fits."""

    seconds: Most = Most()
    bytes: Most = Most()
    formats: frozenset[str] = frozenset({"mp4"})
    codecs: frozenset[str] = frozenset({"h264"})
    shortest_side: Between = Between()
    cover: Level | None = None  # where there is none


@dataclass(frozen=True)
class TopicLimits:
    """`mark` is how a topic stands in the text, with {name}; `length` is of one, `total` of all names together."""

    number: Most = Most()
    length: Most = Most()
    total: Most = Most()
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
