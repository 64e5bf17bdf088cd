"""What all platforms have in common: the way by hand, texts, and reading the links of notes."""

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar, Literal, Self

from portal.platforms.addresses import is_public
from portal.platforms.declarations import Declarations
from portal.platforms.limits import Limits
from portal.platforms.links.notes import read_link
from portal.platforms.protocol import Draft, Handoff, Launch, NoteLink
from portal.platforms.topics import with_topics


class Assisted:
    """A platform on which students publish by hand; the others build on it and fall back to it."""

    slug: ClassVar[str]
    names: ClassVar[Mapping[str, str]]
    limits: ClassVar[Limits]
    declarations: ClassVar[Declarations]
    launch: ClassVar[Launch] = "assist"
    prefill: ClassVar[Literal["none", "maybe", "yes"]] = "none"
    confirms: ClassVar[Literal["webhook", "none"]] = "none"
    media: ClassVar[Literal["pictures", "video", "both"]] = "both"
    #: opens the app without anything in it
    app: ClassVar[str] = ""

    def __init__(self, app_url: str = "") -> None:
        self.app_url = app_url or self.app

    def opened_by(self, app_url: str) -> Self:
        """The same, with another address that opens the app for who publishes by hand."""
        other = copy(self)
        other.app_url = app_url
        return other

    @property
    def configured(self) -> bool:
        """There is nothing to open with content."""
        return False

    @property
    def sdk_url(self) -> str | None:
        """No script."""
        return None

    def fetches(self, url: str) -> bool:
        """What is public by https."""
        return is_public(url)

    def body(self, draft: Draft) -> str:
        """With the addresses of links where they fit."""
        limit, most = self.limits.body, self.limits.body.length.limit
        if not draft.linked:
            return draft.content
        text = self._with_topics(draft, draft.linked) if limit.topics else draft.linked
        return draft.linked if most is None or limit.count(text) <= most else draft.content

    def share_text(self, draft: Draft) -> str:
        """The body, then each topic that it does not already name."""
        return self._with_topics(draft, self.body(draft))

    def _with_topics(self, draft: Draft, body: str) -> str:
        return with_topics(body, draft.topics, self.limits.topics.mark)

    async def handoff(self, draft: Draft, back: str = "") -> Handoff:
        """Title, text and media to copy and to save."""
        return self.assisted(draft, "by_hand")

    def assisted(self, draft: Draft, reason: str, message: str = "") -> Handoff:
        """The same for the other platforms, with why it is needed."""
        return Handoff(share_info=self.share_info(draft), launch="assist", reason=reason, message=message)

    def share_info(self, draft: Draft) -> dict[str, Any]:
        """Type, texts and addresses, named as in XiaoHongShu's share script."""
        info: dict[str, Any] = {
            "type": draft.type,
            "title": draft.title.strip(),
            "content": self.share_text(draft),
            "images": [image.url for image in draft.images],
        }
        if draft.type == "video":
            info["video"] = draft.video.url if draft.video else None
        cover = draft.cover or (draft.images[0] if draft.images else None)
        if cover:
            info["cover"] = cover.url
        return info

    def note_refusal(self, words: str) -> bool:
        """There is no signature to refuse."""
        return False

    def parse_link(self, text: str) -> NoteLink:
        """The first link to a note in pasted text. Raises LinkRefused."""
        return read_link(self.slug, text)
