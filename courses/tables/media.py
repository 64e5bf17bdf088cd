"""Pictures and videos: rows here, bytes in the object store."""

from piccolo.columns import JSON, UUID, BigInt, ForeignKey, Integer, OnDelete, Real, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.people import Person


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
    #: of a picture: a few pixels as a data: address, shown until it has come
    blur = Varchar(length=1000, default="")


class Upload(Table):
    """A file that is coming in pieces; the pieces are in the object store until it is complete."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    person = ForeignKey(Person, index=True)
    name = Varchar(length=200, default="")
    #: what the sender says it is, such as "video/mp4"
    type = Varchar(length=100, default="")
    #: "media" or "archive"
    purpose = Varchar(length=8)
    #: bytes that will come, and that have come
    length = BigInt()
    received = BigInt(default=0)
    created_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    finished_at = Timestamptz(null=True, default=None)
    #: what became of it, and of a converted video its first picture
    media = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    poster = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    #: of a video that needs conversion "queued", "working", "done" or "failed"; else ""
    state = Varchar(length=10, default="", index=True)
    #: how much of it is converted
    percent = Integer(default=0)
    #: why it failed: a message's text and values
    problem = JSON(default="{}")
    #: names one try at converting it, so that only the last one can finish; and that one's last sign of life
    attempt = UUID(null=True, default=None)
    beat_at = Timestamptz(null=True, default=None)
    tries = Integer(default=0)
