"""Media on their way into a course: their bytes are stored first, their rows are written with the lessons or never."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import obstore
from obstore.store import ObjectStore

from courses.clock import now
from courses.engine import ROWS
from courses.media.library import file_label, stored_key
from courses.media.pictures import PreparedPicture
from courses.media.videos import PreparedVideo
from courses.tables.media import Media


@dataclass
class Intake:
    """What was prepared for one import: rows by lesson and path, and the objects that were not there before."""

    store: ObjectStore
    rows: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    fresh: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    async def add(self, lesson: str, path: str, name: str, prepared: PreparedPicture | PreparedVideo) -> None:
        """Store the bytes; a picture with its small sizes."""
        row: dict[str, Any] = {
            "id": uuid4(), "sha256": prepared.sha256, "width": prepared.width, "height": prepared.height,
            "name": file_label(name), "created_at": now(),
        }  # fmt: skip
        if isinstance(prepared, PreparedPicture):
            row |= {"kind": "image", "format": prepared.format, "size": len(prepared.full), "blur": prepared.blur}
            parts = {"full": prepared.full, "phone": prepared.phone, "thumb": prepared.thumb}
            for variant, data in parts.items():
                await self._put(prepared.sha256, stored_key(prepared.sha256, variant, prepared.format), data)
        else:
            row |= {"kind": "video", "format": "mp4", "size": prepared.size, "seconds": prepared.seconds}
            await self._put(prepared.sha256, stored_key(prepared.sha256, "full", "mp4"), prepared.path)
            await asyncio.to_thread(prepared.path.unlink, missing_ok=True)
        self.rows[lesson, path] = row

    async def _put(self, sha256: str, key: str, data: bytes | Path) -> None:
        try:
            await obstore.head_async(self.store, key)
        except FileNotFoundError:
            self.fresh[key] = (sha256, (await obstore.put_async(self.store, key, data))["e_tag"])

    def ids(self, lesson: str) -> dict[str, UUID]:
        """The media of a lesson by path."""
        return {path: row["id"] for (key, path), row in self.rows.items() if key == lesson}

    async def write_rows(self, course_id: UUID, lessons: set[str]) -> None:
        """The rows of these lessons' media; inside the transaction that makes the lessons."""
        rows = [Media(**row | {"course": course_id}) for (key, _), row in self.rows.items() if key in lessons]
        for start in range(0, len(rows), ROWS):
            await Media.insert(*rows[start : start + ROWS])

    async def take_back(self) -> None:
        """Remove what was stored for nothing: what nobody else has stored since and no row names."""
        for key, (sha256, tag) in self.fresh.items():
            try:
                there = await obstore.head_async(self.store, key)
                if there["e_tag"] == tag and not await Media.exists().where(Media.sha256 == sha256):
                    await obstore.delete_async(self.store, key)
            except FileNotFoundError:
                continue
