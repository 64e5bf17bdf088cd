"""Texts of forms and addresses: what can be read is read the same way everywhere, and nothing in them breaks a page."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from portal.web.typed import days_between, lookup_id, read_day, read_id, read_moment, read_number, read_page

ID = UUID("12345678-1234-4234-8234-123456789abc")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("text", [str(ID), str(ID).upper(), ID.hex])
def test_id_is_read_in_every_spelling(text: str) -> None:
    assert read_id(text) == lookup_id(text) == ID


@pytest.mark.parametrize("text", ["", "x", "1", str(ID)[:-1], f"{ID}0", "g" * 32, "é" * 32, "\0"])
def test_what_is_no_id_is_none_and_looks_up_nothing(text: str) -> None:
    assert read_id(text) is None
    assert lookup_id(text) == UUID(int=0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("42", 42),
        ("４２", 42),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("9" * 5_000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        (" 1", None),
        ("1_0", None),
        ("²", None),
        ("x", None),
    ],
)
def test_number_is_digits_alone(text: str, number: int | None) -> None:
    assert read_number(text) == number


def test_number_may_be_longer_where_the_caller_says_so() -> None:
    assert read_number("1" * 15, digits=15) == 111_111_111_111_111
    assert read_number("1" * 16, digits=15) is None


@pytest.mark.parametrize(
    ("text", "page"), [("", 1), ("x", 1), ("0", 1), ("-3", 1), ("1", 1), ("12", 12), ("9" * 10, 1)]
)
def test_page_is_the_first_where_none_is_named(text: str, page: int) -> None:
    assert read_page(text) == page


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-01", date(2026, 9, 1)),
        ("2000-01-01", date(2000, 1, 1)),
        ("2999-12-31", date(2999, 12, 31)),
        ("1999-12-31", None),
        ("3000-01-01", None),
        ("2026-02-30", None),
        ("2026-09-01T08:00", None),
        ("", None),
        ("today", None),
    ],
)
def test_day_is_one_that_every_zone_can_tell(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-01T08:00:00+08:00", datetime(2026, 9, 1, tzinfo=UTC)),
        ("2026-09-01T00:00:00.000001Z", datetime(2026, 9, 1, microsecond=1, tzinfo=UTC)),
        ("2026-09-01T08:00:00", None),
        ("2026-09-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("", None),
        ("now", None),
    ],
)
def test_moment_says_its_zone(text: str, moment: datetime | None) -> None:
    found = read_moment(text)
    assert found == moment
    assert found is None or found.tzinfo is UTC


def test_days_are_the_zones_and_the_last_one_is_meant_too() -> None:
    since, until = days_between(date(2026, 9, 1), date(2026, 9, 1), SHANGHAI)
    assert since == datetime(2026, 8, 31, 16, tzinfo=UTC)
    assert until == datetime(2026, 9, 1, 16, tzinfo=UTC)


def test_a_day_of_summer_time_is_an_hour_shorter() -> None:
    since, until = days_between(date(2026, 3, 29), date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert since is not None
    assert until is not None
    assert (until - since).total_seconds() == 23 * 3600


def test_days_that_are_not_named_are_no_bound() -> None:
    assert days_between(None, None, SHANGHAI) == (None, None)
    assert days_between(date(2999, 12, 31), date(2999, 12, 31), SHANGHAI)[1] == datetime(2999, 12, 31, 16, tzinfo=UTC)
