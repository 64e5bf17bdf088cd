"""Pictures and videos: rows here, bytes in the object store."""

from piccolo.columns import UUID, BigInt, ForeignKey, Integer, Real, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course


class Media(Table):
    """A decoded and re-encoded upload."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    #: "image" or "video"
    kind = Varchar(length=8)
    #: hash of the stored bytes, lower-case hex; the object's key is made of it
    sha256 = Varchar(length=64, index=True)
    #: "jpeg", "png", "webp" or "mp4"
    format = Varchar(length=8)
    #: pixels
    width = Integer()
    height = Integer()
    #: bytes of the full size
    size = BigInt()
    #: of a video, seconds
    seconds = Real(null=True, default=None)
    #: what the file was called, for people
    name = Varchar(length=200, default="")
    created_at = Timestamptz()
