"""Objects of the store: read whole, and taken away once or twice."""

from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore

from courses.errors import NotFound
from courses.objects import drop_object, object_bytes

pytestmark = pytest.mark.anyio


async def test_an_object_is_read_until_it_is_taken_away(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    await obstore.put_async(store, "a/b", b"\x00tea")
    assert await object_bytes(store, "a/b") == b"\x00tea"
    for _ in range(2):
        await drop_object(store, "a/b")
        with pytest.raises(NotFound):
            await object_bytes(store, "a/b")
