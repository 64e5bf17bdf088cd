"""A note that its platform writes in two ways has one name; pairs are of published conversions."""

import pytest

from courses.events.note_ids import bilibili_id, weibo_id


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("av170001", "BV17x411w7KC"),
        ("bv17x411w7KC", "BV17x411w7KC"),
        ("AV170001", "BV17x411w7KC"),
        ("av2", "BV1xx411c7mD"),
        ("av111298867365120", "BV1L9Uoa9EUx"),
        ("BV17x411w7KC", "BV17x411w7KC"),
        ("av0", "av0"),
        (f"av{1 << 51}", f"av{1 << 51}"),
        ("12345678", "12345678"),
    ],
)
def test_video_is_known_by_its_bv(given: str, known: str) -> None:
    assert bilibili_id(given) == known


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("z0JH2lOMb", "3501756485200075"),
        ("z08AUBmUe", "3500330408906190"),
        ("yCirT0Iox", "3491273850170657"),
        ("MzVRA2E8G", "4885639100630954"),
        ("3501756485200075", "3501756485200075"),
        ("1034%3A5007449447661605", "1034:5007449447661605"),
        ("ZZZZZZZZZ", "ZZZZZZZZZ"),
        ("Rehearsal123456789", "Rehearsal123456789"),
    ],
)
def test_post_is_known_by_its_number(given: str, known: str) -> None:
    assert weibo_id(given) == known
