"""Short links against a real TLS server on loopback: where they lead, and where nobody follows them."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest

from courses.clock import now
from courses.events.journal import Journal
from courses.events.ladder import Report
from courses.events.publications import progress_of
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.courses import Course
from courses.tables.events import Event
from courses.tables.lessons import Lesson
from portal.background.short_links import Resolver, resolving
from portal.platforms.links.short_links import Unresolved, leads_to
from portal.web.outside import Network
from portal.words.causes import UNRESOLVED

pytestmark = pytest.mark.anyio
#: a key and its self-signed certificate for xhslink.com, www.xiaohongshu.com and t.cn; they open nothing
PEM = Path(__file__).parent / "loopback.pem"
NOTE = "667aacb8000000001e010eb2"
ITEM = f"https://www.xiaohongshu.com/discovery/item/{NOTE}"
PATHS = {
    "/a/noteA": f"{ITEM}?xsec_token=T&source=app",
    "/a/twice": "https://xhslink.com/m/second",
    "/m/second": "/a/noteA",
    "/a/plain": f"http://www.xiaohongshu.com/explore/{NOTE}",
    "/a/login": f"https://www.xiaohongshu.com/login?redirectPath=%2Fexplore%2F{NOTE}",
    "/a/away": "https://evil.example/",
    "/a/looks": f"https://www.xiaohongshu.com.evil.example/explore/{NOTE}",
    "/a/user": f"https://www.xiaohongshu.com@evil.example/explore/{NOTE}",
    "/a/port": f"https://www.xiaohongshu.com:8443/explore/{NOTE}",
    "/a/meta": "https://169.254.169.254/latest/meta-data/",
    "/a/local": "https://localhost/",
    "/a/inside": "https://inside.xhslink.com/a/noteA",
    "/a/file": "file:///etc/passwd",
    "/a/http": "http://xhslink.com/a/noteA",
    "/a/loop1": "/a/loop1",
    "/a/space": "https://evil.example/ " + ITEM,
}


@pytest.fixture
async def short(anyio_backend: str) -> AsyncIterator[SimpleNamespace]:
    """The server; `follow` is leads_to with every name at it."""
    hits: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            hits.append(path)
            if path == "/a/hangs":
                await reader.read()
            elif path in PATHS:
                # A body without end: nobody waits for it.
                writer.write(f"HTTP/1.1 302 Found\r\nLocation: {PATHS[path]}\r\n\r\n".encode() + b"x" * 100_000)
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    async def find(host: str, _: int) -> list[tuple[str, int]]:
        return [("10.0.0.7" if host == "inside.xhslink.com" else "127.0.0.1", port)]

    trusted = ssl.create_default_context(cafile=str(PEM))
    network = Network(find=find, allowed=lambda address: address.is_loopback, tls=trusted)
    yield SimpleNamespace(follow=partial(leads_to, network=network), hits=hits, find=find)
    server.close()


async def test_redirects_of_the_platform_lead_to_the_note(short: SimpleNamespace) -> None:
    for path in ("/a/noteA", "/a/twice", "/a/plain", "/a/login"):
        found = await short.follow("xiaohongshu", f"http://xhslink.com{path}")
        assert found.note_id == NOTE, path
    assert (await short.follow("xiaohongshu", "http://xhslink.com/a/noteA")).url == f"{ITEM}?xsec_token=T"


async def test_nothing_else_is_followed(short: SimpleNamespace) -> None:
    wanted = {
        "/a/away": "host", "/a/looks": "host", "/a/user": "host", "/a/port": "host", "/a/meta": "host", "/a/local": "host",
        "/a/file": "host", "/a/http": "scheme", "/a/inside": "address", "/a/loop1": "hops",
        "/a/space": "no_note", "/a/nothing": "no_note",
    }  # fmt: skip
    for path, reason in wanted.items():
        with pytest.raises(Unresolved) as unresolved:
            await short.follow("xiaohongshu", f"https://xhslink.com{path}")
        assert unresolved.value.reason == reason, path
        assert unresolved.value.reason in UNRESOLVED
    assert short.hits.count("/a/loop1") == 5
    assert "/a/noteA" not in short.hits
    with pytest.raises(Unresolved, match="host"):
        await short.follow("douyin", "https://xhslink.com/a/noteA")
    for elsewhere in ("https://xhslink.com:8443/a/noteA", "https://bob@xhslink.com/a/noteA"):
        with pytest.raises(Unresolved, match="host"):
            await short.follow("xiaohongshu", elsewhere)
    with pytest.raises(Unresolved, match="slow"):
        await short.follow("xiaohongshu", "https://xhslink.com/a/hangs", seconds=0.2)


async def test_certificate_must_be_the_hosts(short: SimpleNamespace) -> None:
    anywhere = Network(find=short.find, allowed=lambda _: True)
    with pytest.raises(Unresolved, match="network"):
        await leads_to("xiaohongshu", "https://xhslink.com/a/noteA", network=anywhere)
    assert short.hits == []


async def test_resolver_records_what_it_found_once_and_only_where_it_may(db: str, short: SimpleNamespace) -> None:
    course = Course(title="Physics", created_at=now(), updated_at=now())
    await Course.insert(course)
    lesson = Lesson(course=course.id, kind="normal", title="L", body="", created_at=now(), updated_at=now())
    await Lesson.insert(lesson)
    await add_students(None, course.id, [Entry("1", "Ada"), Entry("2", "Bo")])
    ada, bo = [student.id for student in await students_of(course.id)]
    moment = now()

    def given(student: object, path: str) -> Report:
        detail = {"url": f"http://xhslink.com{path}", "note_id": None}
        return Report(lesson.id, "link", "xiaohongshu", moment, moment, id=uuid4(), student=student, detail=detail)

    good, bad = given(ada, "/a/noteA"), given(bo, "/a/away")
    journal = Journal()
    await journal.start()
    await journal.record([good, bad])
    off, on = Resolver(journal, False, short.follow), Resolver(journal, True, short.follow)
    async with resolving(off), resolving(on):
        off.later([good, bad])
        on.later([good, bad, good])
        async with asyncio.timeout(5):
            while await Event.count().where(Event.kind == "resolve") < 2 or short.hits.count("/a/noteA") < 2:  # noqa: ASYNC110 -- another task writes
                await asyncio.sleep(0.01)
    await journal.stop()
    found, lost = await progress_of(ada, lesson.id, "xiaohongshu"), await progress_of(bo, lesson.id, "xiaohongshu")
    assert (found.note_id, found.note_url, found.linked_at) == (NOTE, "http://xhslink.com/a/noteA", moment)
    assert (lost.note_id, lost.linked_at) == (None, moment)
    assert await Event.count().where(Event.kind == "resolve") == 2
    assert short.hits.count("/a/noteA") == 2
