"""Names of downloads."""

from urllib.parse import unquote

import pytest

from portal.web.downloads import FileNames, disposition


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("春季 Spring", "春季 Spring.pdf"),
        ("a\r\nSet-Cookie: x=1", "a Set-Cookie x=1.pdf"),
        ('../../etc/"passwd"', "etc passwd.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("", "sheet.pdf"),
        (" . ", "sheet.pdf"),
        ("x" * 300, "x" * 80 + ".pdf"),
    ],
)
def test_disposition_is_one_safe_line(name: str, saved: str) -> None:
    value = disposition(name, "pdf", fallback="sheet")
    assert value.startswith("attachment; filename=\"sheet.pdf\"; filename*=UTF-8''")
    assert value.isascii()
    assert value.isprintable()
    assert unquote(value.split("''", 1)[1]) == saved


def test_disposition_can_be_inline() -> None:
    assert disposition("a", "svg", fallback="b", inline=True).startswith("inline; ")


def test_names_of_a_folder_differ_on_every_system() -> None:
    names = FileNames()
    given = [names.give(stem) for stem in ("Tea", "tea", "TEA", "Tea-2", "Ｔｅａ", "con", "茶", "茶")]
    assert given == ["Tea", "tea-2", "TEA-3", "Tea-2-2", "Ｔｅａ-4", "con-2", "茶", "茶-2"]
