"""Links of notes: every documented form of each platform, and what is said of any other."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.platforms import LinkRefused
from portal.platforms.links.notes import NAMES, SHAPES, read_link

XHS, DY, MID = "667aacb8000000001e010eb2", "7345678901234567890", "5012345678901234"
WWW, SPACE = "https://www.xiaohongshu.com", "https://space.bilibili.com/12345"
#: what an address needs to lead to its note
OPENS_WITH = {"xiaohongshu": {"xsec_token", "xsec_source"}, "douyin": {"modal_id"}, "weibo": {"fid"}}
#: (platform, what is pasted, note id or None behind a short link, what its address begins with)
FORMS = [
    ("xiaohongshu", f"{WWW}/explore/{XHS}", XHS, f"{WWW}/explore/"),
    ("xiaohongshu", f"{WWW}/discovery/item/{XHS}?source=webshare&xhsshare=pc_web&xsec_token=AB", XHS, f"{WWW}/discovery/"),
    ("xiaohongshu", f"www.xiaohongshu.com/explore/{XHS}。", XHS, f"{WWW}/explore/{XHS}"),
    ("xiaohongshu", f"http://rednote.com/red_video/{XHS}).", XHS, "https://rednote.com/red_video/"),
    ("xiaohongshu", f"{WWW}/user/profile/5f0000000000000001000000/{XHS}", XHS, f"{WWW}/user/profile/"),
    ("xiaohongshu", "快来看吧！ 😆 F02MULzeoQVJ7YY 😆 http://xhslink.com/GQ0MHB，复制本条信息", None, "http://xhslink.com/GQ0MHB"),
    ("xiaohongshu", "… http://xhslink.com/a/J97ubzS9ZAv5，复制本条信息，…", None, "http://xhslink.com/a/J97ubzS9ZAv5"),
    ("xiaohongshu", "【东京 - 王 | 小红书】 😆 x 😆 http://xhslink.com/m/1gJ5tOG6M1b，", None, "http://xhslink.com/m/1gJ5tOG6M1b"),
    ("douyin", f"https://www.douyin.com/video/{DY}?previous_page=app_code_link", DY, f"https://www.douyin.com/video/{DY}"),
    ("douyin", f"https://www.douyin.com/note/{DY}", DY, "https://www.douyin.com/note/"),
    ("douyin", f"https://www.iesdouyin.com/share/video/{DY}/?region=CN&u_code=1", DY, "https://www.iesdouyin.com/share/"),
    ("douyin", f"https://www.douyin.com/user/self?modal_id={DY}&from=x", DY, "https://www.douyin.com/user/self?modal_id="),
    ("douyin", "7.48 复制打开抖音，看看【作者】标题... https://v.douyin.com/fKNisepr3Tw/ AgB:/ h@o.dn 05/17", None,
     "https://v.douyin.com/fKNisepr3Tw"),
    ("kuaishou", "https://www.kuaishou.com/short-video/3xabcdefghijk12?authorId=1", "3xabcdefghijk12", "https://www.kuaishou.com/"),
    ("kuaishou", "https://v.m.chenzhongtech.com/fw/photo/3xabcdefghijk12?fid=1", "3xabcdefghijk12", "https://v.m.chenzhong"),
    ("kuaishou", "一只… https://v.kuaishou.com/59WkPb 复制此消息，打开【快手】直接观看！", None, "https://v.kuaishou.com/59WkPb"),
    ("kuaishou", "https://www.kuaishou.com/f/X-1abcd 点击链接", None, "https://www.kuaishou.com/f/X-1abcd"),
    ("bilibili", "https://www.bilibili.com/video/BV1xx411c7mD/?spm_id_from=333&vd_source=9", "BV1xx411c7mD",
     "https://www.bilibili.com/video/BV1xx411c7mD"),
    ("bilibili", "m.bilibili.com/video/av170001", "av170001", "https://m.bilibili.com/video/av170001"),
    ("bilibili", "https://www.bilibili.com/opus/912345678901234567", "912345678901234567", "https://www.bilibili.com/opus/"),
    ("bilibili", "https://t.bilibili.com/912345678901234567?x=1", "912345678901234567", "https://t.bilibili.com/"),
    ("bilibili", "【标题-哔哩哔哩】 https://b23.tv/Zm7mYo0", None, "https://b23.tv/Zm7mYo0"),
    ("weibo", "https://weibo.com/1234567890/OabCdEf12?refer_flag=1", "OabCdEf12", "https://weibo.com/1234567890/OabCdEf12"),
    ("weibo", f"https://m.weibo.cn/status/{MID}", MID, "https://m.weibo.cn/status/"),
    ("weibo", f"https://m.weibo.cn/detail/{MID}", MID, "https://m.weibo.cn/detail/"),
    ("weibo", "https://t.cn/A6abcdEf", None, "https://t.cn/A6abcdEf"),
    # what sources document beside these
    ("xiaohongshu", "13 我是DM发布了一篇小红书笔记，快来看吧！ 😆 F02MULzeoQVJ7YY 😆 http://xhslink.com/GQ0MHB，复制本条信息，打开【小红书】App查看精彩内容！",
     None, "http://xhslink.com/GQ0MHB"),
    ("xiaohongshu", f"93 【title - author | 小红书 - 你的生活指南】 😆 lR3gT9A0eAQ5XWn 😆 {WWW}/discovery/item/{XHS}"
     "?source=webshare&xhsshare=pc_web&xsec_token=ABc-_x=&xsec_source=pc_share", XHS,
     f"{WWW}/discovery/item/{XHS}?xsec_token=ABc-_x%3D&xsec_source=pc_share"),
    ("xiaohongshu", "https://www.xhslink.cn/o/abcdEFGH?x=1", None, "https://www.xhslink.cn/o/abcdEFGH"),
    ("douyin", f"https://www.douyin.com/slides/{DY}", DY, "https://www.douyin.com/slides/"),
    ("douyin", f"https://m.douyin.com/share/note/{DY}", DY, "https://m.douyin.com/share/note/"),
    ("kuaishou", "https://v.kuaishou.com/59WkPb 标题… 该作品在快手被播放过2,040.9万次，点击链接，打开【快手】直接观看！", None,
     "https://v.kuaishou.com/59WkPb"),
    ("kuaishou", "https://v.kuaishouapp.com/s/AbCd1234", None, "https://v.kuaishouapp.com/s/AbCd1234"),
    ("kuaishou", "https://m.kuaishou.com/photo/3xuser/3xabcdefghijk12", "3xabcdefghijk12", "https://m.kuaishou.com/photo/"),
    ("kuaishou", "https://c.kuaishou.com/fw/photo/3xabcdefghijk12?fid=1", "3xabcdefghijk12", "https://c.kuaishou.com/fw/photo/"),
    ("bilibili", "https://www.bilibili.com/read/cv12345678", "12345678", "https://www.bilibili.com/read/cv12345678"),
    ("bilibili", "https://m.bilibili.com/dynamic/912345678901234567", "912345678901234567", "https://m.bilibili.com/dynamic/"),
    ("bilibili", "https://bili2233.cn/Zm7mYo0", None, "https://bili2233.cn/Zm7mYo0"),
    ("weibo", f"https://weibo.com/detail/{MID}", MID, "https://weibo.com/detail/"),
    ("weibo", f"https://m.weibo.cn/1234567890/{MID}?wm=1", MID, "https://m.weibo.cn/1234567890/"),
    ("weibo", "https://mapp.api.weibo.cn/fx/0123456789abcdef0123456789abcdef.html", None, "https://mapp.api.weibo.cn/fx/"),
    ("weibo", "https://video.weibo.com/show?fid=1034:4912345678901234&x=1", None, "https://video.weibo.com/show?fid=1034:4912345678901234"),
]  # fmt: skip
#: (platform, what is pasted, what is said)
OTHERS = [
    ("xiaohongshu", f"{WWW}/user/profile/5f0000000000000001000000", "leads to a profile"),
    ("xiaohongshu", f"{WWW}/", "does not lead to a note"),
    ("xiaohongshu", f"{WWW}/explore", "does not lead to a note"),
    ("douyin", "https://www.douyin.com/user/MS4wLjABAAAA", "leads to a profile"),
    ("douyin", "https://www.douyin.com/", "does not lead to a note"),
    ("kuaishou", "https://www.kuaishou.com/profile/3xabcdefghij", "leads to a profile"),
    ("kuaishou", "https://www.kuaishou.com/new-reco", "does not lead to a note"),
    ("bilibili", SPACE, "leads to a profile"),
    ("bilibili", "https://www.bilibili.com/", "does not lead to a note"),
    ("weibo", "https://weibo.com/u/1234567890", "leads to a profile"),
    ("weibo", "https://weibo.com/", "does not lead to a note"),
    ("douyin", "https://evil.example/video/7345678901234567890", "This is not a Douyin link"),
    ("weibo", "done!", "There is no link in this text"),
]


@pytest.mark.parametrize("slug", sorted(SHAPES))
def test_every_documented_form_of_a_note_is_read(slug: str) -> None:
    for text, note_id, start in [form[1:] for form in FORMS if form[0] == slug]:
        found = read_link(slug, text)
        assert (found.note_id, found.url[: len(start)]) == (note_id, start), text
        names = {name for name, _ in parse_qsl(urlsplit(found.url).query)}
        assert names <= OPENS_WITH.get(slug, set()), "the rest says who shared it"
        assert read_link(slug, found.url) == found, text


def test_what_is_no_note_is_refused_with_what_to_paste() -> None:
    for slug, text, words in OTHERS:
        with pytest.raises(LinkRefused) as refusal:
            read_link(slug, text)
        assert words in str(refusal.value), text
        assert "Open your note" in str(refusal.value) or "tap Share" in str(refusal.value), text


def test_link_of_another_platform_says_which_one_it_is() -> None:
    for slug, text, *_ in FORMS:
        for wanted in SHAPES.keys() - {slug}:
            with pytest.raises(LinkRefused) as refusal:
                read_link(wanted, text)
            words = str(refusal.value)
            assert words == f"This is a link to {NAMES[slug]}. Paste the link of your {NAMES[wanted]} note.", text
