"""Jinja2 as the pages use it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar.plugins.jinja import JinjaTemplateEngine
from markupsafe import Markup

from courses.clock import now
from courses.events.ladder import RUNGS
from courses.media.values import MediaInfo
from courses.spoken import show_spoken
from portal.i18n import LANGUAGES, gettext, language, ngettext, say
from portal.lessons.markdown import render_markdown
from portal.lessons.word_diff import word_diff
from portal.media.addresses import media_path
from portal.platforms import platform_name
from portal.platforms.declarations import sentence
from portal.settings import Settings
from portal.web.assets import asset
from portal.web.frame import NO_RAIL
from portal.web.theme import rail_narrow, theme
from portal.words.done_rules import asked, rule_words, rules_words
from portal.words.marks import mark_of, mark_of_state
from portal.words.roles import role_meaning, role_name
from portal.words.rungs import rung_name
from portal.words.times import local_input, short_moment

TEMPLATES = Path(__file__).parent.parent / "templates"


def template_engine(settings: Settings) -> JinjaTemplateEngine:
    """The engine with our filters: |say, |moment, |ago, |markdown, |declared; and asset(), media(), language(), word_diff()."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    zone = ZoneInfo(settings.time_zone)

    def moment(at: datetime | None) -> Markup:
        return short_moment(at, zone) if at else Markup("")

    def ago(at: datetime | None) -> Markup:
        if at is None:
            return Markup("")
        text = format_timedelta(at - now(), add_direction=True, locale=language())
        full = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(timespec="seconds"), full, text)

    def media(info: MediaInfo, variant: str = "full") -> str:
        return media_path(settings, info, variant)

    environment.filters |= {
        "say": say, "moment": moment, "ago": ago, "local_input": partial(local_input, zone=zone), "markdown": render_markdown,
        "declared": sentence, "spoken": show_spoken, "platform_name": platform_name,
    }  # fmt: skip
    environment.filters["groupby_in_order"] = _in_order
    environment.globals |= {
        "role_name": role_name, "role_meaning": role_meaning,
        "asset": asset, "media": media, "language": language, "languages": LANGUAGES, "settings": settings,
        "RUNGS": RUNGS, "rung_name": rung_name, "mark_of": mark_of, "mark_of_state": mark_of_state, "rule_words": rule_words,
        "rules_words": rules_words, "asked": asked, "person": None, "theme": theme,
        "rail_narrow": rail_narrow, "rail": NO_RAIL, "to_review": None, "word_diff": word_diff,
    }  # fmt: skip
    return JinjaTemplateEngine.from_environment(environment)


def compile_ahead(environment: Environment) -> None:
    """All templates, in a thread: whichever page needs one first holds the event loop for up to 0.1 s while it is compiled."""
    for name in environment.list_templates():
        environment.get_template(name)


def _in_order(items: Iterable[Any], attribute: str) -> list[tuple[Any, list[Any]]]:
    """As |groupby, but in the order in which the items come."""
    return [(key, list(group)) for key, group in groupby(items, attrgetter(attribute))]
