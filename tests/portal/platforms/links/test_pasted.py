"""Cutting links out of pasted text."""

import pytest

from portal.platforms.links.pasted import MOST_CHARACTERS, cut_urls, platform_of


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("", []),
        ("no link here", []),
        ("看 http://xhslink.com/a/J97ubzS9ZAv5，复制", ["http://xhslink.com/a/J97ubzS9ZAv5"]),
        ("HTTPS://WWW.XiaoHongShu.com/explore/aB?x=Y", ["https://www.xiaohongshu.com/explore/aB?x=Y"]),
        ("(https://b23.tv/Zm7mYo0).", ["https://b23.tv/Zm7mYo0"]),
        ("《https://t.cn/A6abc》", ["https://t.cn/A6abc"]),
        ("xhslink.com/m/1gJ5tOG6M1b 打开", ["https://xhslink.com/m/1gJ5tOG6M1b"]),
        ("www.xiaohongshu.com/explore/1", ["https://www.xiaohongshu.com/explore/1"]),
        ("notxhslink.com/m/1gJ5tOG6M1b", []),
        ("mail me@xhslink.com/abc", []),
        ("https://a.example/1 https://b.example/2", ["https://a.example/1", "https://b.example/2"]),
        ("https://evil.example/?u=xhslink.com/m/abcd", ["https://evil.example/?u=xhslink.com/m/abcd"]),
        ("javascript:alert(1) ftp://xhslink.example/1", []),
        ("https://a.example/" + "x" * MOST_CHARACTERS, []),
    ],
)
def test_urls_are_cut_at_spaces_and_full_width_marks(text: str, urls: list[str]) -> None:
    assert cut_urls(text) == urls


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.xiaohongshu.com/", "xiaohongshu"),
        ("https://xhslink.com/a", "xiaohongshu"),
        ("https://v.douyin.com/fKNisepr3Tw/", "douyin"),
        ("https://v.kuaishou.com/59WkPb", "kuaishou"),
        ("https://b23.tv/Zm7mYo0", "bilibili"),
        ("https://m.weibo.cn/status/1", "weibo"),
        ("https://xiaohongshu.com.evil.example/", None),
        ("https://nottiktokxiaohongshu.com/", None),
        ("nonsense", None),
    ],
)
def test_platform_is_known_by_its_host(url: str, slug: str | None) -> None:
    assert platform_of(url) == slug
