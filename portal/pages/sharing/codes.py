"""The QR code of a link, to look at and to keep."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from courses.clock import now
from courses.errors import Invalid, LinkEnded, Message
from courses.lessons.authoring import lesson_of
from courses.lessons.links import LinkInfo, link_of
from courses.signed_in import SignedIn
from portal.printing.code_sizes import read_size
from portal.settings import Settings
from portal.sharing.addresses import room_url, share_url
from portal.web.downloads import disposition
from portal.workers.codes import TYPES, CodeSize, draw_codes
from portal.workers.threads import in_thread
from print.codes import encode, png, svg

#: pixels a module
SCALE, SCALE_MAX = 16, 60


@get("/links/{link_id:uuid}/qr.svg", include_in_schema=False)
async def vector(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    link_id: FromPath[UUID],
    size: FromQuery[str] = "",
    download: FromQuery[str] = "",
    room: FromQuery[str] = "",
) -> Response[str] | Response[bytes]:
    """For the screen, or with `?download=1` as a file for print; with `size` in millimetres one of that size.

    With any `room` it carries the code of the room, as it is now.
    """
    link = await _live(person, link_id)
    if room:
        return Response(svg(encode(room_url(settings, link, now()), "M")), media_type="image/svg+xml")
    if size:
        return await _sized(person, settings, link, read_size("svg", size, ""))
    code = encode(share_url(settings, link), "Q" if download else "M")
    headers = await _headers(person, link, "svg", bool(download))
    return Response(svg(code), media_type="image/svg+xml", headers=headers)


@get("/links/{link_id:uuid}/qr.png", include_in_schema=False)
async def pixels(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    link_id: FromPath[UUID],
    scale: FromQuery[int] = SCALE,
    size: FromQuery[str] = "",
    dpi: FromQuery[str] = "",
    download: FromQuery[str] = "",
) -> Response[bytes]:
    """`scale` pixels a module, 1 to 60; or `size` millimetres at `dpi` dots per inch, as a file for print."""
    link = await _live(person, link_id)
    if size:
        return await _sized(person, settings, link, read_size("png", size, dpi))
    if not 1 <= scale <= SCALE_MAX:
        raise Invalid({"scale": Message("Choose a scale from 1 to {limit}.", limit=SCALE_MAX)})
    code = encode(share_url(settings, link), "Q" if download else "M")
    headers = await _headers(person, link, "png", bool(download))
    return Response(await in_thread(png, code, scale), media_type="image/png", headers=headers)


async def _sized(person: SignedIn, settings: Settings, link: LinkInfo, size: CodeSize) -> Response[bytes]:
    """Raises Invalid where modules would be too fine."""
    url = share_url(settings, link)
    size.check(url)
    headers = await _headers(person, link, size.format, download=True)
    (data,) = await in_thread(draw_codes, [url], size)
    return Response(data, media_type=TYPES[size.format], headers=headers)


async def _live(person: SignedIn, link_id: UUID) -> LinkInfo:
    link = await link_of(person, link_id)
    if link.withdrawn_at is not None:
        raise LinkEnded(Message("This link was withdrawn. Issue a new one."))
    return link


async def _headers(person: SignedIn, link: LinkInfo, extension: str, download: bool) -> dict[str, str]:
    lesson = await lesson_of(person, link.lesson, deleted=True)
    name = disposition(f"QR {lesson.title}", extension, fallback=f"qr-{link.spoken.lower()}", inline=not download)
    return {"Content-Disposition": name}


routes = [vector, pixels]
