"""What the portal asks of a platform, and the plain values that go back and forth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self, runtime_checkable

from courses.errors import Message
from portal.i18n import language
from portal.platforms.declarations import Declarations
from portal.platforms.limits import Limits

Launch = Literal["js_sdk", "scheme", "web_url", "assist"]


@dataclass(frozen=True)
class Named:
    """A name that differs by language, as a value in a Message."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if language() == "zh" else self.en


@dataclass(frozen=True)
class Picture:
    """A picture as a platform fetches it: pixels and bytes of what is at the address; 0 and "" are not known."""

    url: str
    format: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Video:
    """A video as a platform fetches it; 0 and "" are not known."""

    url: str
    format: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0
    seconds: float = 0


@dataclass(frozen=True)
class Draft:
    """A lesson as a platform sees it: `content` is plain text without topics, the addresses are absolute.

    `linked` is the same text with the addresses that its links lead to, "" where it has none; `source` is the Markdown that
    both were made of, which is what its author can change.
    """

    id: str
    type: str  # "normal" (pictures) or "video"
    title: str
    content: str
    topics: tuple[str, ...] = ()
    images: tuple[Picture, ...] = ()
    video: Video | None = None
    cover: Picture | None = None
    source: str = ""
    linked: str = ""
    declarations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handoff:
    """All that the phone needs for one tap; made for that tap, never stored.

    "js_sdk" calls the script with `verify_config` and `share_info`; "scheme" and "web_url" open `url`, and `urls` are the
    same by "mobile" and "desktop" where they differ; "assist" is by hand, and `reason` is why: "no_keys", "token" (the
    platform's API failed, in the words of `message`), "refused" (and only the operator can help), "by_hand" (no other way).
    """

    verify_config: dict[str, str] = field(default_factory=dict)
    share_info: dict[str, Any] = field(default_factory=dict)
    launch: Launch = "js_sdk"
    url: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    message: str = ""
    #: what the platform calls this share, and will call it in its webhook; "" for none
    share: str = ""


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


class WebhookRefused(Exception):
    """A webhook that the platform did not sign."""


@dataclass(frozen=True)
class WebhookNews:
    """What a platform's webhook says: `id` of the message, and of what happened to which `share`."""

    id: str
    #: to be sent back, where the platform tests the address
    challenge: Any = None
    share: str = ""
    published: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Ruled(Protocol):
    """What is asked of a platform to check a draft against its limits."""

    @property
    def names(self) -> Mapping[str, str]:
        """By language: "zh" and "en"."""
        ...

    @property
    def limits(self) -> Limits: ...

    @property
    def declarations(self) -> Declarations:
        """Where it asks what a note is: made with AI, advertising, …"""
        ...

    @property
    def configured(self) -> bool:
        """Whether keys are set; without them the portal helps to publish by hand."""
        ...

    def fetches(self, url: str) -> bool:
        """Whether the platform can reach the address, as far as the address tells."""
        ...

    def body(self, draft: Draft) -> str:
        """The text without topics, with the addresses of its links where there is room for them."""
        ...

    def share_text(self, draft: Draft) -> str:
        """Body and topics as they go into the platform's text field."""
        ...


@runtime_checkable
class Platform(Ruled, Protocol):
    """One platform. What is a property here may be a class attribute, a fact; an instance holds its keys."""

    #: opens the app for who publishes by hand; "" where no such address is known
    app_url: str

    @property
    def slug(self) -> str: ...

    @property
    def launch(self) -> Launch: ...

    @property
    def prefill(self) -> Literal["none", "maybe", "yes"]:
        """Whether the app's composer holds title and text already."""
        ...

    @property
    def confirms(self) -> Literal["webhook", "none"]:
        """What tells that a note is really there."""
        ...

    @property
    def media(self) -> Literal["pictures", "video", "both"]: ...

    def __hash__(self) -> int: ...

    def opened_by(self, app_url: str) -> Self:
        """The same, with another address that opens the app for who publishes by hand."""
        ...

    @property
    def sdk_url(self) -> str | None:
        """The script that the publish page loads, if the platform has one."""
        ...

    async def handoff(self, draft: Draft, back: str = "") -> Handoff:
        """What the phone passes to the platform; `back` is the lesson page's address. Raises PlatformFailure."""
        ...

    def assisted(self, draft: Draft, reason: str, message: str = "") -> Handoff:
        """The floor under every other way: what is saved, copied and pasted by hand."""
        ...

    def note_refusal(self, words: str) -> bool:
        """A phone reports the platform's refusal; True where a new hand-off is worth a try."""
        ...

    def parse_link(self, text: str) -> NoteLink:
        """Find the note's link in pasted text. Raises LinkRefused."""
        ...


@runtime_checkable
class PublishWebhook(Protocol):
    """A platform that tells by a webhook what became of a share."""

    @property
    def slug(self) -> str: ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookNews:
        """What it says; `headers` are looked up in lower case. Raises WebhookRefused."""
        ...
