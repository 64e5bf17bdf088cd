"""Work that one process of all does at a time."""

from piccolo.columns import UUID, Timestamptz, Varchar
from piccolo.table import Table


class Chore(Table):
    """Who is at it, if anybody; held as courses/leases.py says."""

    id = UUID(primary_key=True)
    #: such as "sweep"
    name = Varchar(length=16)
    holder = UUID(null=True, default=None)
    #: the last sign of life
    beat_at = Timestamptz(null=True, default=None)
