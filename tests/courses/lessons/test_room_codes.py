"""The code of the room, by a clock that is moved."""

from datetime import UTC, datetime, timedelta

import pytest

from courses.lessons.room_codes import STEP, room_code, scanned_in_room, typed_in_room
from courses.tokens import Keyring

LINK, OTHER = b"12345", b"12346"
KEYS = Keyring.parse(f"1:{'5a' * 32}")
START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_code_stays_for_half_a_minute_and_says_how_long() -> None:
    codes = [room_code(KEYS, LINK, at(seconds)) for seconds in (0, 0.5, 29.9, 30, 59.9)]
    assert len({code.digits for code in codes[:3]}) == 1
    assert codes[3].digits == codes[4].digits != codes[0].digits
    assert [round(code.left, 1) for code in codes] == [30, 29.5, 0.1, 30, 0.1]
    assert all(len(code.digits) == 6 and code.digits.isdigit() and len(code.scanned) == 8 for code in codes)


@pytest.mark.parametrize(("age", "good"), [(-1, False), (0, True), (29.9, True), (60, True), (89.9, True), (90, False)])
def test_the_two_steps_before_are_good_and_no_others(age: float, good: bool) -> None:
    shown = room_code(KEYS, LINK, at(0))
    moment = at(age)
    assert typed_in_room(KEYS, LINK, f" {shown.digits[:3]} {shown.digits[3:]}", moment) is good
    assert scanned_in_room(KEYS, LINK, shown.scanned.lower(), moment) is good
    assert not typed_in_room(KEYS, OTHER, shown.digits, moment)
    assert not scanned_in_room(KEYS, OTHER, shown.scanned, moment)


@pytest.mark.parametrize("text", ["", "0", "x" * 5_000, "12345", "1234567", "é" * 8, "\0", "----"])
def test_nothing_else_is_good(text: str) -> None:
    assert not typed_in_room(KEYS, LINK, text, at(0))
    assert not scanned_in_room(KEYS, LINK, text, at(0))


def test_digits_are_read_in_any_width() -> None:
    digits = room_code(KEYS, LINK, at(0)).digits
    assert typed_in_room(KEYS, LINK, "".join(chr(ord(digit) + 0xFEE0) for digit in digits), at(0))


def test_a_new_key_ends_no_code_that_is_on_the_screen() -> None:
    shown = room_code(KEYS, LINK, at(0))
    rotated = Keyring.parse(f"2:{'77' * 32},1:{'5a' * 32}")
    assert typed_in_room(rotated, LINK, shown.digits, at(STEP))
    assert room_code(rotated, LINK, at(0)).scanned != shown.scanned
    assert not scanned_in_room(Keyring.parse(f"2:{'77' * 32}"), LINK, shown.scanned, at(0))


def test_codes_of_an_hour_are_spread_over_all_digits() -> None:
    codes = {room_code(KEYS, LINK, at(STEP * step)).digits for step in range(2_000)}
    assert len(codes) > 1_990
    assert {code[0] for code in codes} == set("0123456789")
