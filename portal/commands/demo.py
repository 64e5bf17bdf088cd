"""The demo: a course to look at, a phone to scan with, and nothing that leaves this machine."""

import asyncio
import hashlib
import os
import socket
from argparse import Namespace
from pathlib import Path

from courses.catalogue.courses import CourseHead
from courses.database import close_database, migrate, open_database, use_database
from courses.lessons.authoring import lessons_of
from courses.lessons.links import class_links
from courses.media.library import open_store
from courses.people.accounts import sign_in_link
from courses.places import VAR
from courses.printing.printable import printable
from portal.commands.serve import check_free, serve
from portal.commands.sheet import sheet_pdf, write_whole
from portal.demo.content import TEACHER
from portal.demo.load import load_demo
from portal.settings import Settings
from portal.sharing.addresses import share_url
from print.codes import encode, terminal


def prepare(options: Namespace) -> None:
    """Settings that a demo has unless they are given: rehearsal, and an address that a phone can reach."""
    os.environ.setdefault("PORTAL_REHEARSAL", "1")
    if not os.environ.get("PORTAL_PUBLIC_URL") and not os.environ.get("PORTAL_PUBLIC_URL_FILE"):
        host = lan_address() if options.host in ("0.0.0.0", "::") else options.host  # noqa: S104 -- asked for by name
        os.environ["PORTAL_PUBLIC_URL"] = f"http://{f'[{host}]' if ':' in host else host}:{options.port}"


def lan_address() -> str:
    """This machine's address on its network: the one a packet to elsewhere would leave from. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737
            address: str = probe.getsockname()[0]
            return address
        except OSError:
            return "127.0.0.1"


def demo(settings: Settings, options: Namespace) -> None:
    """Migrate, load, say where things are, serve."""
    check_free(options.host, options.port)
    asyncio.run(_make_ready(settings, options))
    options.workers = 1
    serve(settings, options)


async def _make_ready(settings: Settings, options: Namespace) -> None:
    use_database(settings.database_url, settings.database_limits)
    await migrate()
    await open_database()
    try:
        course = await load_demo(open_store(settings.media), options.reset)
        secret = await sign_in_link(TEACHER)
        lessons = await lessons_of(course.id)
        links = await class_links([lesson.id for lesson in lessons])
        sheet = await _sheet(
            settings, CourseHead(course.id, course.title), [share_url(settings, link) for link in links.values()]
        )
    finally:
        await close_database()
    shared = next((lesson for lesson in lessons if lesson.id in links), None)
    print(f"\nLessonlink runs at {settings.public_url} (Ctrl-C ends it)\n")
    print(f"  Sign in, once:  {settings.public_url}/invitations/{secret}")
    if shared:
        url = share_url(settings, links[shared.id])
        print(f"  As a student:   {url}    ({shared.title})")
        print(f"  Sheet to print: {sheet}\n")
        print(terminal(encode(url)), flush=True)


async def _sheet(settings: Settings, course: CourseHead, urls: list[str]) -> Path:
    """A sheet with the present links, made when it is not there."""
    folder = VAR / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"sheet-{hashlib.sha256(' '.join(urls).encode()).hexdigest()[:8]}.pdf"
    if not path.exists():
        for old in folder.glob("sheet-*.pdf"):
            old.unlink()
        write_whole(path, sheet_pdf(settings, await printable(course.id), course.title, "a4-24", False, "zh"))
    return path
