"""A stored long picture made into several that follow one another; the one they are made of stays. Runs in a worker process."""

from dataclasses import dataclass

from courses.errors import Invalid, Message
from courses.media.picture_cuts import find_cuts
from courses.media.picture_edits import SIDE_MIN
from courses.media.pictures import PreparedPicture, decoded, picture_variants
from courses.media.values import is_long


@dataclass(frozen=True)
class SplitPicture:
    """The parts from the top; `through` cuts are not between two lines, as there was no quiet row."""

    parts: list[PreparedPicture]
    through: int


def split_picture(data: bytes, room: int) -> SplitPicture:
    """Split a long picture into at most `room` parts. Raises Invalid, MediaRefused."""
    picture, source = decoded(data)
    if not is_long(*picture.size) or picture.width < SIDE_MIN:
        raise Invalid({"pictures": Message("Only a long picture is split, as a screenshot of a whole page.")})
    cuts = find_cuts(picture)
    count = len(cuts.rows) + 1
    if count > room:
        raise Invalid({"pictures": Message(
            "This picture would become {count}, and there is room for {room}. Remove other pictures, or split it into two lessons.",
            count=count, room=room,
        )})  # fmt: skip
    form = "png" if source == "PNG" or picture.mode == "RGBA" else "jpeg"
    parts = [
        picture_variants(picture.crop((0, top, picture.width, end)), form) for top, end in cuts.parts(picture.height)
    ]
    return SplitPicture(parts, cuts.through)
