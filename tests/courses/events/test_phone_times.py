"""When a report happened: the phone's time where it is possible, else a doubtful one, and never one that nobody measured."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.events.phone_times import AHEAD, LATEST, OFFSET_MOST, PhoneTime, phone_time

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MADE = NOW - timedelta(days=40)
DAY = 86_400_000


@pytest.mark.parametrize(
    ("given_at", "offset", "since", "at"),
    [
        (NOW - timedelta(days=20), None, MADE, NOW - timedelta(days=20)),
        (NOW - timedelta(days=20), None, NOW - timedelta(days=3), None),
        (NOW - LATEST, None, None, NOW - LATEST),
        (NOW - LATEST - timedelta(seconds=1), None, MADE, None),
        (NOW + AHEAD, None, MADE, NOW + AHEAD),
        (NOW + timedelta(hours=3), None, MADE, None),
        (NOW + timedelta(hours=3), -3 * 3_600_000, MADE, NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), None, MADE, None),
        (
            datetime(1970, 1, 9, tzinfo=UTC),
            20_772 * DAY,
            MADE,
            datetime(1970, 1, 9, tzinfo=UTC) + timedelta(days=20_772),
        ),
        (datetime(2200, 1, 1, tzinfo=UTC), OFFSET_MOST, MADE, None),
        # a clock that was measured a year off cannot be right by chance
        (NOW - timedelta(days=1), 365 * DAY, MADE, None),
    ],
)
def test_phone_time_is_taken_where_it_is_possible(
    given_at: datetime, offset: int | None, since: datetime | None, at: datetime | None
) -> None:
    assert phone_time(given_at, NOW, since, offset) == PhoneTime(at or given_at, at is None)


def test_phone_time_of_another_zone_is_the_same_moment() -> None:
    there = timezone(timedelta(hours=8))
    assert phone_time(NOW.astimezone(there), NOW).at.utcoffset() == timedelta()


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 12, 31), timezones=st.just(UTC)),
    st.none() | st.integers(-OFFSET_MOST, OFFSET_MOST),
    st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_no_time_is_made_up(given_at: datetime, offset: int | None, since: datetime | None) -> None:
    time = phone_time(given_at, NOW, since, offset)
    if time.doubtful:
        assert time.at == given_at
    else:
        assert time.at == given_at + timedelta(milliseconds=offset or 0)
        assert max(since or MADE, NOW - LATEST) <= time.at <= NOW + AHEAD
