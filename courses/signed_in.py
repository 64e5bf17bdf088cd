"""Who acts."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class SignedIn:
    """Who acts; `via` is "page", "api" or "command"."""

    id: UUID
    email: str
    name: str
    admin: bool
    language: str | None
    via: str = "page"
