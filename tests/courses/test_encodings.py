"""Uploaded texts of unknown encoding: what is taken for what, and what is no text."""

import pytest

from courses.encodings import ENCODINGS, NotText, decode
from courses.students.reading import decode_roster

CHINESE = "学号,姓名\r\n2024001,李雷\r\n"
TRADITIONAL = "學號,姓名\r\n1,陳慧嫻\r\n"
WESTERN = "number,name\r\n1,José\r\n"


@pytest.mark.parametrize(
    ("written", "text", "taken"),
    [
        ("utf-8", CHINESE, "utf-8"),
        ("utf-8-sig", CHINESE, "utf-8"),
        ("utf-8", WESTERN, "utf-8"),
        ("ascii", "1,Ann\n", "utf-8"),
        ("gbk", CHINESE, "gb18030"),
        ("gb18030", "1,𠮷野\n", "gb18030"),
        ("utf-16", CHINESE, "utf-16"),
        ("utf-16-le", CHINESE, "utf-16"),
        ("utf-16-be", CHINESE, "utf-16"),
        ("utf-16-le", WESTERN, "utf-16"),
        ("utf-16-be", WESTERN, "utf-16"),
        ("utf-16-le", "1,Ann\n", "utf-16"),
        ("utf-16-be", "一,丁\n一,七\n", "utf-16"),
    ],
)
def test_text_is_read_and_its_encoding_told(written: str, text: str, taken: str) -> None:
    assert decode(text.encode(written)) == (text, taken)
    assert decode_roster(text.encode(written)) == (text, taken)
    assert taken in ENCODINGS


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_mark_of_utf_16_is_no_part_of_the_text(mark: str) -> None:
    assert decode(("\ufeff" + CHINESE).encode(mark)) == (CHINESE, "utf-16")


@pytest.mark.parametrize(
    ("written", "wanted", "text"),
    [
        ("big5", "big5", TRADITIONAL),
        ("shift_jis", "shift_jis", "1,山田\n"),
        ("cp1252", "cp1252", WESTERN),
        ("utf-16-le", "utf-16", CHINESE),
        ("utf-8-sig", "utf-8", CHINESE),
        ("utf-8", "utf-8", CHINESE),
        ("gbk", "gb18030", CHINESE),
    ],
)
def test_another_encoding_can_be_told(written: str, wanted: str, text: str) -> None:
    assert decode(text.encode(written), wanted) == (text, wanted)


def test_a_guess_can_be_wrong_which_is_why_it_is_told() -> None:
    text, taken = decode(TRADITIONAL.encode("big5"))
    assert text != TRADITIONAL
    assert taken == "gb18030"


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"1,Ann\n2,Jos\xe9\n", 2, "Here are bytes that are not UTF-8. Save the file as UTF-8."),
        (
            b"\xef\xbb\xbf1,Ann\n" + "2,李".encode("gbk"),
            2,
            "Here are bytes that are not UTF-8. Save the file as UTF-8.",
        ),
        (b"\xff\xfe\x00", 1, "Here are bytes that are not UTF-16. Save the file as UTF-8."),
        (b"1,Ann\n2,B\0b, and others\n", 2, "This file is not text."),
        (b"1,Ann\n" * 1000 + b"\0", 1001, "This file is not text."),
        ("1,李雷\n2,韩梅梅\0\n".encode(), 2, "This file is not text."),
        (b"PK\x03\x04\x14\x00\x06\x00", 1, "This file is not text."),
        (b"\x89PNG\r\n\x1a\n\0\0", 1, "This file is not text."),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(data: bytes, line: int, sentence: str) -> None:
    with pytest.raises(NotText) as refused:
        decode(data)
    assert (refused.value.line, str(refused.value.message)) == (line, sentence)


def test_what_does_not_fit_the_encoding_that_was_told_is_refused() -> None:
    with pytest.raises(NotText) as refused:
        decode("1,李雷\n".encode(), "big5")
    assert str(refused.value.message) == "Here are bytes that are not Big5. Save the file as UTF-8."
