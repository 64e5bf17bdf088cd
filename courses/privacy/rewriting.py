"""Words in rows, changed a few rows at a time: looked for apart, so that nobody waits, and read again where they are written."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from piccolo.columns import Column
from piccolo.custom_types import Combinable
from piccolo.table import Table

from courses.changes import Changes
from courses.database import apart
from courses.media.unneeded import batches
from courses.pieces import in_pieces

#: what a row gets, of its id and the columns that are asked for; nothing where it stays
New = Callable[[dict[str, Any]], Changes]


async def rewrite(
    table: type[Table], columns: Sequence[Column], where: Combinable, new: New, lock: int | None = None
) -> None:
    """Give rows what `new` says, in short transactions."""
    found = await apart(partial(_found, table, columns, where, new))
    key = table._meta.primary_key
    await in_pieces(found, lambda some: rewrite_now(table, columns, key.is_in(list(some)), new), lock)


async def rewrite_now(table: type[Table], columns: Sequence[Column], where: Combinable, new: New) -> None:
    """The same within the caller's transaction, for few rows."""
    key, same = table._meta.primary_key, dict[tuple[Any, ...], tuple[Changes, list[UUID]]]()
    for row in await table.select(key, *columns).where(where):
        if values := new(row):
            same.setdefault(tuple(values.items()), (values, []))[1].append(row[key._meta.name])
    for values, ids in same.values():
        await table.update(values).where(key.is_in(ids))


async def _found(table: type[Table], columns: Sequence[Column], where: Combinable, new: New) -> list[UUID]:
    key, found = table._meta.primary_key, []
    for some in batches(await table.select(key).where(where).output(as_list=True)):
        rows = await table.select(key, *columns).where(key.is_in(some))
        found += [row[key._meta.name] for row in rows if new(row)]
    return found
