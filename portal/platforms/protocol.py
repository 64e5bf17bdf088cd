"""What the portal asks of a platform, and the plain values that go back and forth."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from courses.errors import Message


@dataclass(frozen=True)
class Draft:
    """A lesson as a platform sees it: `content` is plain text without topics, the addresses are absolute."""

    id: str
    type: str  # "normal" (pictures) or "video"
    title: str
    content: str
    topics: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    video: str | None = None
    cover: str | None = None


@dataclass(frozen=True)
class Limits:
    """What a platform's composer takes; `_advised` is where some apps already complain."""

    title: int  # in the platform's own way of counting
    body: int  # characters, topics included
    images: int
    images_advised: int
    topics_advised: int


@dataclass(frozen=True)
class Handoff:
    """All that the phone needs for one tap; made for that tap, never stored."""

    verify_config: dict[str, str]
    share_info: dict[str, Any]


@dataclass(frozen=True)
class NoteLink:
    """A published note's address without trackers; `note_id` is None behind a short link."""

    url: str
    note_id: str | None


class LinkRefused(Exception):
    """Pasted text that holds no link to a note; `message` says what to paste instead."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class PlatformFailure(Exception):
    """The platform did not do its part.

    `message` is the platform's own words where it gave any, otherwise an English sentence for the catalogue.
    `permanent` means that only the operator can help (wrong key, application not approved).
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent


@runtime_checkable
class Platform(Protocol):
    """One platform. Class attributes are facts about it; an instance holds its keys."""

    slug: str
    names: dict[str, str]
    launch: Literal["js_sdk", "scheme", "web_url", "assist"]
    prefill: Literal["none", "maybe", "yes"]
    limits: Limits

    @property
    def configured(self) -> bool:
        """Whether keys are set; without them the portal helps to publish by hand."""
        ...

    @property
    def sdk_url(self) -> str | None:
        """The script that the publish page loads, if the platform has one."""
        ...

    def problems(self, draft: Draft) -> list[Message]:
        """Why the platform would surely refuse the draft; empty means publishable."""
        ...

    def warnings(self, draft: Draft) -> list[Message]:
        """What may go wrong but need not."""
        ...

    def share_text(self, draft: Draft) -> str:
        """Body and topics as they go into the platform's text field."""
        ...

    async def handoff(self, draft: Draft) -> Handoff:
        """What the phone passes to the platform. Raises PlatformFailure."""
        ...

    def note_refusal(self, words: str) -> bool:
        """A phone reports the platform's refusal; True where a new hand-off is worth a try."""
        ...

    def parse_link(self, text: str) -> NoteLink:
        """Find the note's link in pasted text. Raises LinkRefused."""
        ...
