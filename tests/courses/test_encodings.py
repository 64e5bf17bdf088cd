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
    assert decode(text.encode(written)) == decode_roster(text.encode(written)) == (text, taken, True)
    assert taken in ENCODINGS


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_mark_of_utf_16_is_no_part_of_the_text(mark: str) -> None:
    assert decode(("\ufeff" + CHINESE).encode(mark)) == (CHINESE, "utf-16", True)


@pytest.mark.parametrize(
    ("written", "wanted", "text"),
    [
        ("big5", "big5", TRADITIONAL),
        ("shift_jis", "shift_jis", "1,山田\n"),
        ("cp1252", "cp1252", WESTERN),
        ("utf-16-le", "utf-16", CHINESE),
        ("utf-8-sig", "utf-8", CHINESE),
        ("utf-8", "utf-8", CHINESE),
        ("cp1250", "cp1250", "1,Dvořák\n"),
        ("gbk", "gb18030", CHINESE),
    ],
)
def test_another_encoding_can_be_told(written: str, wanted: str, text: str) -> None:
    assert decode(text.encode(written), wanted) == (text, wanted, True)


@pytest.mark.parametrize(
    ("written", "taken", "text"),
    [
        ("big5", "big5", "學號,姓名\r\n2024001,陳怡君\r\n2024002,林志明\r\n"),
        ("cp950", "big5", TRADITIONAL),
        ("big5", "big5", "1,陳怡君\n2,林志明\n3,張雅婷\n"),
        ("shift_jis", "shift_jis", "学籍番号,氏名\n1,山田太郎\n2,佐藤 花子\n"),
        ("euc_jp", "euc_jp", "学籍番号,氏名\n1,山田太郎\n2,佐藤 花子\n"),
        ("euc_jp", "euc_jp", "1,渡辺 陽菜\n"),
        ("cp932", "shift_jis", "1,山田\n2,高橋ケン\n"),
        ("euc_kr", "euc_kr", "학번,이름\n1,홍길동\n2,김민준\n"),
        ("cp949", "euc_kr", "1,이서연\n2,박지훈\n"),
        ("cp1252", "cp1252", WESTERN),
        ("cp1252", "cp1252", "1,Müller\n2,Zoë O’Neil\n3,Bjørn Åse\n"),
        ("gbk", "gb18030", "1,林小满\n2,王子涵\n"),
        ("gbk", "gb18030", "1,欧阳娜娜\n"),
        ("gbk", "gb18030", "1,诸葛彧\n2,亓官翀\n"),
        ("gbk", "gb18030", "1,佟彧\n2,郗翀\n"),
        ("gb18030", "gb18030", "1,𠮷野\n"),
        ("cp1252", "cp1252", "1,Ann – Lee\n"),
    ],
)
def test_encoding_without_a_mark_is_told_by_its_characters(written: str, taken: str, text: str) -> None:
    assert decode(text.encode(written))[:2] == (text, taken)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("cp1252", "1,José\n"), ("gbk", "1,佟彧\n2,郗翀\n"), ("cp1250", "1,Dvořák\n"), ("cp1254", "1,Ayşe Yıldız\n"),
        ("koi8_r", "номер,имя\n1,Иван Петров\n2,Ольга\n"), ("cp1251", "№,ФИО\n1,Иван-Ян О’Петров\n2,ОЛЬГА П.\n"),
        ("cp874", "1,ชื่อ\n"), ("iso8859_5", "1,Анна\n"), ("cp866", "1,Пётр\n"), ("mac_roman", "1,Zoë\n"),
    ],
)  # fmt: skip
def test_encoding_that_could_be_another_is_never_taken_for_sure(written: str, text: str) -> None:
    try:
        decoded = decode(text.encode(written))
    except NotText:
        return
    assert not decoded.sure
    if written in ("koi8_r", "cp1251"):
        assert decoded == (text, written, False)


def test_characters_that_were_private_in_gb_18030_are_read_as_what_they_are_now() -> None:
    assert decode("1,林".encode("gbk") + b"\xfe\x59\n") == ("1,林\u9fb4\n", "gb18030", False)


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"1,Ann\n2,Jos\xff\xff\n", 2, "Here are bytes that are not UTF-8. Save the file as UTF-8."),
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
