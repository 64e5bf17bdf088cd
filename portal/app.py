"""The application: settings in, Litestar out."""

import asyncio
import atexit
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from courses.database import close_database, open_database, use_database
from courses.events.journal import Journal
from courses.media.library import open_store
from courses.people.slow_hashes import SlowHashes
from courses.private_files import keep_to_owner
from courses.webhooks.handovers import Handovers
from portal import platforms, rehearsal
from portal.api import API
from portal.api.schema import OPENAPI
from portal.background.conversions import converting
from portal.background.measuring import measure_commit, measuring
from portal.background.print_runs import printing
from portal.background.short_links import Resolver, resolving
from portal.background.stalls import Stalls, watching
from portal.background.sweeps import sweeping
from portal.background.webhooks import delivering
from portal.exchange.importing import Imports
from portal.i18n import LanguageMiddleware
from portal.mail.resets import ResetMails
from portal.pages import PAGES
from portal.parts import Parts
from portal.printing.previews import Previews
from portal.rehearsal.playing import Plays
from portal.settings import Settings
from portal.sharing.wall_feed import WallFeed
from portal.student.lesson_page import LessonPages
from portal.student.phone import device_of, visitor_of
from portal.student.quotas import Quotas
from portal.student.refused_scans import RefusedScans
from portal.templating import compile_ahead, template_engine
from portal.web.askers import AskerMiddleware
from portal.web.assets import static_files
from portal.web.auth import looking_on, signed_in
from portal.web.bodies import check_form
from portal.web.compression import CompressionMiddleware
from portal.web.errors import HANDLERS
from portal.web.frame import framed
from portal.web.head import HeadMiddleware
from portal.web.large_answers import LargeAnswers
from portal.web.measuring import MeasuringMiddleware, area
from portal.web.process_log import write_log
from portal.web.readiness import Readiness
from portal.web.same_origin import SameOriginMiddleware
from portal.web.security import HeadersMiddleware
from portal.web.security_events import SecurityEvents
from portal.web.security_log import SecurityLog
from portal.web.stopping import on_stop_signal, stops_with_supervisor
from portal.web.theme import ThemeMiddleware
from portal.web.turns import TurnsMiddleware

if TYPE_CHECKING:
    from portal.web.tracing import Tracing

#: bytes; routes that take more say so themselves
BODY_LIMIT = 1 << 20
#: for calls of platforms; to read all certificates takes long
TLS = httpx.create_ssl_context()
#: a password's hash keeps four processors busy by itself
PASSWORD_THREADS = max(1, (os.cpu_count() or 1) // 4)
#: seconds after which a thread that reads apart lets the loop have the interpreter: each query of a scan may wait so long
SWITCH = 0.0002
SOCKETS = httpx.Limits(max_connections=20, max_keepalive_connections=20)


def create_app(settings: Settings) -> Litestar:
    """An application whose state is in its database and object store only. It can be started again after its end."""
    settings = rehearsal.stand_in(settings)
    use_database(settings.database_url, settings.database_limits)
    parts, http = _parts(settings)
    tracing = _tracing(settings)

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        nonlocal parts, http
        if http.is_closed:
            parts, http = _parts(settings)
        await open_database()
        await parts.journal.start()
        try:
            async with (
                sweeping(parts.store, settings.time_zone),
                printing(settings, parts.store, parts.print_run_queued),
                converting(parts.store, parts.conversion_queued),
                delivering(settings),
                resolving(parts.resolver),
                watching(parts.stalls),
                _measuring(parts),
                tracing.sending() if tracing else nullcontext(),
            ):
                with on_stop_signal(parts.walls.stop), stops_with_supervisor():
                    yield
        finally:
            await parts.readiness.stop()
            await parts.imports.stop()
            await parts.reset_mails.stop()
            await parts.plays.stop()
            await parts.journal.stop()
            parts.password_hashes.stop()
            parts.pin_hashes.stop()
            await http.aclose()
            await close_database()

    app = Litestar(
        route_handlers=[static_files(), *PAGES, *API, *(rehearsal.routes(settings) if settings.rehearsal else [])],
        dependencies={
            "parts": Provide(lambda: parts, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "journal": Provide(lambda: parts.journal, sync_to_thread=False),
            "platforms": Provide(lambda: parts.platforms, sync_to_thread=False),
            "store": Provide(lambda: parts.store, sync_to_thread=False),
            "person": Provide(signed_in),
            "watcher": Provide(looking_on),
        },
        state=State({"settings": settings}),
        middleware=[SameOriginMiddleware(settings.public_url)],
        before_request=check_form,
        after_request=framed,
        exception_handlers=HANDLERS,
        template_config=TemplateConfig(instance=template_engine(settings)),
        lifespan=[running],
        openapi_config=OPENAPI,
        request_max_body_size=BODY_LIMIT,
        logging_config=None,
    )
    # Around the router: Litestar's own middleware never sees an address without a route.
    layers = (
        LanguageMiddleware(settings.https),
        SecurityEvents(settings, parts.security_log),
        AskerMiddleware(),
        ThemeMiddleware(settings.https),
        HeadersMiddleware(settings),
        CompressionMiddleware(),
        HeadMiddleware(),
        MeasuringMiddleware(),
        TurnsMiddleware(
            (area(route.path) for route in app.routes), partial(visitor_of, settings), partial(device_of, settings)
        ),
    )
    for layer in layers:
        app.asgi_handler = layer(app.asgi_handler)
    if tracing:
        app.asgi_handler = tracing.around(app.asgi_handler)
    return app


def _measuring(parts: Parts) -> AbstractAsyncContextManager[None]:
    if not parts.settings.measured:
        return nullcontext()
    return measuring(parts.stalls, parts.journal, {"password": parts.password_hashes, "pin": parts.pin_hashes})


def _tracing(settings: Settings) -> "Tracing | None":
    if not settings.traces:
        return None
    # Of the extra `traces`, which nobody needs who has no collector.
    from portal.web.tracing import Tracing

    return Tracing()


def _parts(settings: Settings) -> tuple[Parts, httpx.AsyncClient]:
    http = httpx.AsyncClient(verify=TLS, timeout=3.0, follow_redirects=False, limits=SOCKETS)
    store, journal = open_store(settings.media), Journal(measure_commit)
    parts = Parts(
        settings=settings,
        journal=journal,
        handovers=Handovers(),
        platforms=platforms.build(settings, http),
        store=store,
        walls=WallFeed(),
        resolver=Resolver(journal, settings.resolve_short_links),
        imports=Imports(store),
        print_run_queued=asyncio.Event(),
        conversion_queued=asyncio.Event(),
        previews=Previews(settings, store),
        lesson_pages=LessonPages(),
        refused_scans=RefusedScans(settings),
        quotas=Quotas(),
        large_answers=LargeAnswers(),
        stalls=Stalls(),
        readiness=Readiness(store, journal),
        security_log=SecurityLog(Path(settings.security_log) if settings.security_log else None),
        reset_mails=ResetMails(settings),
        password_hashes=SlowHashes(threads=PASSWORD_THREADS, line=16, places=64),
        pin_hashes=SlowHashes(threads=2, line=200, places=600),
        plays=Plays(journal),
    )
    return parts, http


def from_environment() -> Litestar:
    """What the server's processes call."""
    settings = Settings.from_env()
    write_log(settings.log)
    sys.setswitchinterval(SWITCH)
    keep_to_owner()
    app = create_app(settings)
    if isinstance(app.template_engine, JinjaTemplateEngine):
        threading.Thread(target=compile_ahead, args=(app.template_engine.engine,), daemon=True).start()
    # What is there now stays: to look through all of it again and again for what is not used stops everything for 0.15 s.
    gc.freeze()
    atexit.register(gc.unfreeze)  # at the end libraries look whether all of theirs is gone
    return app
