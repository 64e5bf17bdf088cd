"""Times as people type them, of the portal's zone unless they say another one; and days as people read them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_timedelta
from markupsafe import Markup

from courses.clock import now
from courses.errors import Invalid, Message
from portal.i18n import language


def read_times(typed: Mapping[str, str], names: Iterable[str], zone: ZoneInfo) -> list[datetime | None]:
    """The times of these fields, None for an empty one. Raises Invalid, naming each field that is no time."""
    found: dict[str, datetime | None] = {}
    problems = {}
    for name in names:
        text = typed[name].strip()
        try:
            at = datetime.fromisoformat(text) if text else None
            found[name] = at.replace(tzinfo=zone) if at and at.tzinfo is None else at
        except ValueError:
            problems[name] = Message("Write date and time, such as 2026-09-01T08:00.")
    if problems:
        raise Invalid(problems)
    return list(found.values())


def local_input(at: datetime | None, zone: ZoneInfo) -> str:
    """For <input type="datetime-local">."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else ""


def month_name(day: date) -> str:
    """ "November 2026"."""
    return format_skeleton("yMMMM", day, locale=language())


def weekday_name(day: date, width: str = "EEE") -> str:
    """ "Mon"; with "EEEE" "Monday"."""
    return format_date(day, width, locale=language())


def day_name(day: date) -> str:
    """ "Mon, 2 Nov"."""
    return format_skeleton("MMMEd", day, locale=language())


def short_day(at: datetime, zone: ZoneInfo) -> str:
    """ "21 Nov", with its year where that is not the present one."""
    there = at.astimezone(zone)
    skeleton = "MMMd" if there.year == now().astimezone(zone).year else "yMMMd"
    return format_skeleton(skeleton, there, locale=language())


def short_moment(at: datetime, zone: ZoneInfo) -> Markup:
    """ "21 Nov, 10:00", with its year where that is not the present one."""
    text = f"{short_day(at, zone)} {at.astimezone(zone):%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)


def clock_or_day(at: datetime, zone: ZoneInfo) -> Markup:
    """ "9:41" of today, and of another day "21 Nov"."""
    there = at.astimezone(zone)
    today = there.date() == now().astimezone(zone).date()
    text = f"{there.hour}:{there:%M}" if today else short_day(at, zone)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)


def span_words(span: timedelta) -> str:
    """ "5 days 17 hr", "6 min": in its two largest units."""
    minutes = max(1, round(span.total_seconds() / 60))
    parts: list[str] = []
    for size, least in _UNITS:
        count, minutes = divmod(minutes, size)
        if count and len(parts) < 2:
            step = timedelta(minutes=count * size)
            parts.append(format_timedelta(step, granularity=least, threshold=1_000, format="short", locale=language()))
    return ("" if language() == "zh" else " ").join(parts)


#: in minutes
_UNITS: tuple[tuple[int, Literal["day", "hour", "minute"]], ...] = ((24 * 60, "day"), (60, "hour"), (1, "minute"))
