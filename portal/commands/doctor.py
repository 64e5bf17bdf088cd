"""Look at the installation as a doctor would: what is well, what is not, and what to do about it."""

import importlib
import smtplib
import socket
import ssl
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable

from courses.clock import now
from courses.database import pending_migrations, use_database
from courses.media.library import open_store, store_is_ready
from courses.places import ROOT
from courses.private_files import open_to_others
from portal.catalogues import is_compiled
from portal.commands.figures import complaints, read_figures
from portal.commands.kept_files import kept_places
from portal.mail.sending import greet, words_of
from portal.mail_server import Server
from portal.settings import Settings
from portal.web.special_addresses import REGISTRIES_OF, are_fresh
from print.fonts import FONTS

#: files of one kind that a line names
SHOWN = 3
VENDOR = ROOT / "static" / "vendor"


class Unwell(Exception):
    """What is wrong and what to do."""


async def doctor(settings: Settings, _: Namespace) -> None:
    """Print every check; raises Unwell when one failed."""
    use_database(settings.database_url, settings.database_limits)
    failed = 0
    for name, check in CHECKS.items():
        try:
            print(f"ok    {name}: {await check(settings)}")
        except Exception as error:
            failed += 1
            print(f"wrong {name}: {str(error) or type(error).__name__}")
    if failed:
        raise Unwell(f"{failed} of {len(CHECKS)} checks failed")


async def _python(_: Settings) -> str:
    if sys.version_info < (3, 11):
        raise Unwell("Python 3.11 or newer is needed")
    return sys.version.split()[0]


async def _address(settings: Settings) -> str:
    if not settings.https:
        return f"{settings.public_url} (http: for a try-out only; phones need https to copy and to keep cookies safe)"
    return settings.public_url


async def _database(settings: Settings) -> str:
    pending = await pending_migrations()
    if pending:
        raise Unwell(f"{len(pending)} migrations are pending; run `portal migrate`")
    return settings.database_url.partition("://")[0]


async def _media(settings: Settings) -> str:
    await store_is_ready(open_store(settings.media))
    return settings.media


async def _files(settings: Settings) -> str:
    found = open_to_others(kept_places(settings))
    if found:
        first = ", ".join(str(path) for path in found[:SHOWN])
        raise Unwell(
            f"other accounts may use {len(found)} files and folders ({first}{', …' if len(found) > SHOWN else ''}); "
            "run `portal migrate` as the account that they belong to, or `chmod go=` on each"
        )
    return "kept to this account"


async def _texts(_: Settings) -> str:
    if not is_compiled("zh"):
        return "not compiled, which costs a moment at each start; run `make set-up`"
    return "compiled"


async def _printing(_: Settings) -> str:
    try:
        importlib.import_module("weasyprint")
    except OSError as error:
        raise Unwell(f"{str(error).splitlines()[0]}; run `make set-up`") from error
    for font in FONTS:
        if not font.path.exists():
            raise Unwell(f"the font {font.file} is missing; run `make set-up`")
    return "WeasyPrint and the fonts are there"


async def _browser_libraries(_: Settings) -> str:
    if not (VENDOR / "swiper").exists():
        raise Unwell("static/vendor is not filled; run `make set-up`")
    return "there"


async def _special_addresses(_: Settings) -> str:
    read = f"which addresses are private is known as of {REGISTRIES_OF}"
    return read if are_fresh(now().date()) else f"{read}; a newer release may know more, see its change log"


async def _platforms(settings: Settings) -> str:
    keys = {
        "XiaoHongShu": settings.xhs_app_key, "Douyin": settings.douyin_client_key, "Weibo": settings.weibo_app_key,
    }  # fmt: skip
    real = ", ".join(name for name, key in keys.items() if key)
    others = "in rehearsal" if settings.rehearsal else "without keys: students are helped to publish by hand"
    return f"{real} with keys, the others {others}" if real else f"all {others}"


async def _running(settings: Settings) -> str:
    if not settings.metrics_token:
        return "not looked at: set PORTAL_METRICS_TOKEN to have its figures read"
    if wrong := list(complaints(await read_figures(settings.public_url, settings.metrics_token))):
        raise Unwell("; ".join(wrong))
    return "its figures are as they should be"


async def _mail(settings: Settings) -> str:
    if not settings.smtp_url:
        return "PORTAL_SMTP_URL is not set: who has forgotten a password asks an admin"
    server = Server.parse(settings.smtp_url)
    try:
        return await greet(server)
    except (smtplib.SMTPException, OSError) as error:
        raise Unwell(f"{server.host}:{server.port}: {words_of(error, server.user or ' ')}; {_remedy(error)}") from error


def _remedy(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "correct the user and the password in PORTAL_SMTP_URL"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            "write the name in PORTAL_SMTP_URL that its certificate is for, or make its authority known to this machine"
        )
    if isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
        return "choose another port or another scheme in PORTAL_SMTP_URL: smtp:// is for STARTTLS, smtps:// for TLS from the start"
    if isinstance(error, socket.gaierror):
        return "correct the host in PORTAL_SMTP_URL"
    if isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException):
        return "correct the host and the port in PORTAL_SMTP_URL, or let this machine reach them through the firewall"
    return "ask who runs the mail server"


CHECKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "Python": _python, "address": _address, "database": _database, "media": _media, "files": _files,
    "texts": _texts, "printing": _printing, "browser libraries": _browser_libraries, "platforms": _platforms,
    "networks": _special_addresses, "mail": _mail, "running portal": _running,
}  # fmt: skip
