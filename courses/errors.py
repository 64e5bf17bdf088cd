"""What can go wrong in the domain; the portal gives each class its status."""

from datetime import datetime
from typing import Any


class Message:
    """A sentence for people: an English text with {placeholders}, translated later by its text."""

    def __init__(self, text: str, /, **values: Any) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.text.format(**self.values)

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        return hash(self.text)


class CourseError(Exception):
    """Base of all; `message` says what to do, `code` is stable for programs."""

    code = "error"

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class NotFound(CourseError):
    """Not there, or not yours: the same answer for both."""

    code = "not_found"

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or Message("There is nothing at this address."))


class Invalid(CourseError):
    """Input that cannot be taken; `fields` names each bad field."""

    code = "invalid"

    def __init__(self, fields: dict[str, Message], message: Message | None = None) -> None:
        super().__init__(message or Message("Please correct the marked fields."))
        self.fields = fields


class Conflict(CourseError):
    """What is asked does not fit the present state."""

    code = "conflict"


class EditConflict(Conflict):
    """Somebody else has saved since; `version` is the newest."""

    code = "edit_conflict"

    def __init__(self, version: int) -> None:
        super().__init__(Message("Somebody has changed this lesson since you opened it. Nothing was overwritten."))
        self.version = version


class TokenInvalid(CourseError):
    """A token that this portal did not sign."""

    code = "token_invalid"

    def __init__(self) -> None:
        super().__init__(Message("This code is not one of ours. Scan it again, or type the code printed under it."))


class LinkNotOpen(CourseError):
    """A link whose time has not come; `opens_at` is that time."""

    code = "link_not_open"

    def __init__(self, opens_at: datetime | None) -> None:
        super().__init__(Message("This lesson is not open yet. Come back at the time your instructor named."))
        self.opens_at = opens_at


class RoomCodeNeeded(CourseError):
    """A class link that is good, on a phone that has not given the code of the room."""

    code = "room_code_needed"

    def __init__(self) -> None:
        super().__init__(
            Message("This lesson is opened in the room: scan the code on the screen there, or type its digits.")
        )


class LinkEnded(CourseError):
    """A link that was withdrawn or has expired."""

    code = "link_ended"


class LessonInTrash(CourseError):
    """A link of a lesson that was deleted and may be taken back."""

    code = "lesson_in_trash"

    def __init__(self) -> None:
        super().__init__(
            Message(
                "Your teacher has removed this lesson. What you sent is kept. Ask your teacher if you still need it."
            )
        )


class OneTimeUsed(CourseError):
    """A one-use link that was used, replaced or has expired."""

    code = "one_time_used"


class SignInFailed(CourseError):
    """Wrong address or wrong password: never says which."""

    code = "sign_in_failed"


class TooMany(CourseError):
    """Too many tries; `retry_after` in seconds."""

    code = "too_many"

    def __init__(self, retry_after: int) -> None:
        super().__init__(Message("Too many tries. Try again in {minutes} min.", minutes=-(-retry_after // 60)))
        self.retry_after = retry_after


class PinLocked(CourseError):
    """So many wrong PINs for one student that an instructor must look."""

    code = "pin_locked"

    def __init__(self) -> None:
        super().__init__(
            Message("There were too many wrong PINs for this number today. Ask your teacher to unlock it.")
        )


class Busy(CourseError):
    """More people want the same at this moment than can wait; `retry_after` in seconds."""

    code = "busy"
    retry_after = 3

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or Message("Too many people at the same moment. Try again in a few seconds."))


class MediaRefused(CourseError):
    """A file that is not a picture or video we can take; says why."""

    code = "media_refused"


class NeedsConversion(MediaRefused):
    """A good video that phones do not all play as it is; can be converted."""


class TooManyUploads(CourseError):
    """A person has as many unfinished uploads as there may be."""

    code = "too_many_uploads"

    def __init__(self) -> None:
        super().__init__(Message("Too many uploads are waiting to be finished. Finish or cancel some, then try again."))


class NoRoom(CourseError):
    """The server's disk is full."""

    code = "no_room"

    def __init__(self) -> None:
        super().__init__(Message("The server has no room left for this. Nothing was changed; tell whoever runs it."))


class SignInNeeded(CourseError):
    """Nobody is signed in."""

    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__(Message("Please sign in."))


class SecondFactorNeeded(CourseError):
    """Somebody is signed in who has to set up a second factor first."""

    code = "second_factor_needed"

    def __init__(self) -> None:
        super().__init__(Message("Set up a second factor first, on your account’s page."))


class NotAllowed(CourseError):
    """The person is known and may not do this."""

    code = "not_allowed"
