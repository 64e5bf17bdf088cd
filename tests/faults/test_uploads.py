"""`kill -9` in the middle of an upload: it goes on where it was."""

import asyncio
import io
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image

from courses.catalogue.courses import create_course
from courses.people.accounts import add_person
from courses.people.sessions import open_session
from tests.databases import rows
from tests.faults.servers import Server

pytestmark = pytest.mark.anyio


async def test_kill_in_the_middle_of_an_upload_costs_no_acknowledged_byte(server: Server, db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course, secret = await create_course(alice, "Spring"), await open_session(alice)
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(file, "JPEG", quality=95)
    data, half = file.getvalue(), len(file.getvalue()) // 2
    tus = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}
    piece = tus | {"Content-Type": "application/offset+octet-stream"}
    ahead, dead = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield data[half : half + 100_000]
        ahead.set()
        await dead.wait()
        yield data[half + 100_000 :]

    await server.ready()
    async with httpx.AsyncClient(base_url=server.url, cookies={"session": secret}) as browser:
        made = await browser.post(f"/courses/{course}/uploads", headers=tus | {
            "Upload-Length": str(len(data)), "Upload-Metadata": "filename dGVhLmpwZw=="})  # fmt: skip
        place = made.headers["location"]
        answer = await browser.patch(place, content=data[:half], headers=piece | {"Upload-Offset": "0"})
        assert answer.headers["upload-offset"] == str(half)
        rest = asyncio.create_task(
            browser.patch(place, content=endless(), headers=piece | {"Upload-Offset": str(half)})
        )
        await asyncio.wait_for(ahead.wait(), 20)
        server.kill()
        dead.set()
        with pytest.raises(httpx.TransportError):
            await rest
        server.start()
        await server.ready()
        assert rows(db, "SELECT count(*) FROM media") == [(0,)]
        begun = int((await browser.head(place, headers=tus)).headers["upload-offset"])
        assert half <= begun <= half + 100_000
        await browser.patch(place, content=data[begun:], headers=piece | {"Upload-Offset": str(begun)})
        told = (await browser.post(f"{place}/media", headers=tus, timeout=30)).json()
        assert (told["width"], told["height"]) == (1920, 1440)  # what platforms take
        shown = Image.open(io.BytesIO((await browser.get(told["full"])).content))
        shown.load()
