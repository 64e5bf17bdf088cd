"""Links of notes: every documented form of each platform, and what is said of any other."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.platforms import LinkRefused, NoteLink
from portal.platforms.links.notes import NAMES, read_link
from portal.platforms.links.shapes import SHAPES

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
    ("bilibili", "m.bilibili.com/video/av170001", "BV17x411w7KC", "https://m.bilibili.com/video/av170001"),
    ("bilibili", "https://www.bilibili.com/opus/912345678901234567", "912345678901234567", "https://www.bilibili.com/opus/"),
    ("bilibili", "https://t.bilibili.com/912345678901234567?x=1", "912345678901234567", "https://t.bilibili.com/"),
    ("bilibili", "【标题-哔哩哔哩】 https://b23.tv/Zm7mYo0", None, "https://b23.tv/Zm7mYo0"),
    ("weibo", "https://weibo.com/1234567890/OabCdEf12?refer_flag=1", "5024279339590844", "https://weibo.com/1234567890/OabCdEf12"),
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
    ("weibo", "https://video.weibo.com/show?fid=1034:4912345678901234&x=1", "1034:4912345678901234", "https://video.weibo.com/show?fid=1034:4912345678901234"),
]  # fmt: skip
NOTE, PHOTO, BV = "6a1f3c9b000000001203a4d7", "3xq5rbgn7j5qslj", "BV1xK4y1C7aZ"
ITEM = "https%3A%2F%2Fwww.xiaohongshu.com%2Fexplore%2F" + NOTE
#: (platform, what is pasted, note id or None behind a short link, the address that is kept)
OTHER_FORMS = [
    # as browsers and pages write the same address
    ("bilibili", "https://www.bilibili.com/video/bv17x411w7KC", "BV17x411w7KC", "https://www.bilibili.com/video/bv17x411w7KC"),
    ("xiaohongshu", f"{WWW}:443/explore/{NOTE}?a=1&amp;xsec_token=CBq7", NOTE, f"{WWW}/explore/{NOTE}?xsec_token=CBq7"),
    ("xiaohongshu", "我的小红书主页装修 http://xhslink.com/o/7QmPz3kT9Ra 复制后打开【小红书】查看笔记！", None,
     "http://xhslink.com/o/7QmPz3kT9Ra"),
    # other pages of a platform that show a note
    ("xiaohongshu", f"{WWW}/search_result/{NOTE}?xsec_token=CBq7&xsec_source=", NOTE,
     f"{WWW}/search_result/{NOTE}?xsec_token=CBq7"),
    ("xiaohongshu", f"{WWW}/board/5f0000000000000001000000/{NOTE}", NOTE, f"{WWW}/board/5f0000000000000001000000/{NOTE}"),
    ("kuaishou", f"https://www.gifshow.com/fw/photo/{PHOTO}", PHOTO, f"https://www.gifshow.com/fw/photo/{PHOTO}"),
    ("kuaishou", f"https://video.kuaishou.com/short-video/{PHOTO}", PHOTO, f"https://video.kuaishou.com/short-video/{PHOTO}"),
    ("kuaishou", f"https://kphbeijing.m.chenzhongtech.com/fw/photo/{PHOTO}?cc=share", PHOTO,
     f"https://kphbeijing.m.chenzhongtech.com/fw/photo/{PHOTO}"),
    ("kuaishou", f"https://live.kuaishou.com/u/3xuser/{PHOTO}", PHOTO, f"https://live.kuaishou.com/u/3xuser/{PHOTO}"),
    ("kuaishou", f"https://m.gifshow.com/page?photoId={PHOTO}", PHOTO, f"https://www.kuaishou.com/short-video/{PHOTO}"),
    ("douyin", f"https://www.douyin.com/search/%E8%8C%B6?modal_id={DY}&type=general", DY,
     f"https://www.douyin.com/search/%E8%8C%B6?modal_id={DY}"),
    ("douyin", f"https://www.douyin.com/discover?modal_id={DY}", DY, f"https://www.douyin.com/discover?modal_id={DY}"),
    ("douyin", f"https://www.douyin.com/?vid={DY}", DY, f"https://www.douyin.com/video/{DY}"),
    ("bilibili", f"https://www.bilibili.com/list/ml123456789?oid=1&bvid={BV}", BV, f"https://www.bilibili.com/video/{BV}"),
    ("bilibili", "https://www.bilibili.com/list/watchlater?oid=170001", "BV17x411w7KC", "https://www.bilibili.com/video/av170001"),
    ("bilibili", f"https://www.bilibili.com/s/video/{BV}", BV, f"https://www.bilibili.com/s/video/{BV}"),
    ("bilibili", f"https://www.bilibili.com/festival/2026?bvid={BV}&spm=1", BV, f"https://www.bilibili.com/video/{BV}"),
    ("bilibili", "https://player.bilibili.com/player.html?aid=170001&p=1", "BV17x411w7KC", "https://www.bilibili.com/video/av170001"),
    ("bilibili", f"https://b23.tv/{BV}?share=1", BV, f"https://b23.tv/{BV}"),
    ("bilibili", "https://www.bilibili.com/read/mobile?id=12345678", "12345678", "https://www.bilibili.com/read/cv12345678"),
    ("weibo", "https://weibo.com/tv/show/1034:5007449447661605", "1034:5007449447661605",
     "https://weibo.com/tv/show/1034:5007449447661605"),
    ("weibo", "https://h5.video.weibo.com/show/1034%3A5007449447661605?from=x", "1034:5007449447661605",
     "https://h5.video.weibo.com/show/1034%3A5007449447661605"),
    ("weibo", "https://m.weibo.cn/s/video/show?object_id=1034%3A4643974800146555", "1034:4643974800146555",
     "https://weibo.com/tv/show/1034:4643974800146555"),
    ("weibo", "https://share.api.weibo.cn/share/310744244,4776731619099126.html?weibo_id=4776731619099126", "4776731619099126",
     "https://share.api.weibo.cn/share/310744244,4776731619099126.html"),
    ("weibo", "https://weibo.com/ttarticle/p/show?id=2309404776731619099126", "2309404776731619099126",
     "https://weibo.com/ttarticle/p/show?id=2309404776731619099126"),
    ("weibo", "https://weibo.cn/comment/z0JH2lOMb?uid=1", "3501756485200075", "https://weibo.cn/comment/z0JH2lOMb"),
    # pages that stand before a note
    ("xiaohongshu", f"{WWW}/login?redirectPath={ITEM}", NOTE, f"{WWW}/explore/{NOTE}"),
    ("xiaohongshu", f"{WWW}/login?redirectPath=%2Fexplore%2F{NOTE}%3Fxsec_token%3DAB", NOTE, f"{WWW}/explore/{NOTE}?xsec_token=AB"),
    ("xiaohongshu", f"{WWW}/website-login/error?redirectPath={ITEM}&error_code=300012", NOTE, f"{WWW}/explore/{NOTE}"),
    ("xiaohongshu", f"{WWW}/404?source=note&noteId={NOTE}&error_code=300031", NOTE, f"{WWW}/explore/{NOTE}"),
    ("xiaohongshu", f"{WWW}/404/sec_x?redirectPath={ITEM.replace('%', '%25')}", NOTE, f"{WWW}/explore/{NOTE}"),
    ("xiaohongshu", f"{WWW}/login?redirectPath=%2F404%3FredirectPath%3D%252Fexplore%252F{NOTE}", NOTE, f"{WWW}/explore/{NOTE}"),
    ("douyin", f"https://sso.douyin.com/login?next=https%3A%2F%2Fwww.douyin.com%2Fvideo%2F{DY}", DY, f"https://www.douyin.com/video/{DY}"),
    ("kuaishou", f"https://passport.kuaishou.com/pc/login?callback=https%3A%2F%2Fwww.kuaishou.com%2Fshort-video%2F{PHOTO}", PHOTO,
     f"https://www.kuaishou.com/short-video/{PHOTO}"),
    ("bilibili", f"https://passport.bilibili.com/login?gourl=https%3A%2F%2Fwww.bilibili.com%2Fvideo%2F{BV}%2F", BV,
     f"https://www.bilibili.com/video/{BV}"),
    ("weibo", "https://passport.weibo.com/visitor/visitor?entry=miniblog&url=https%3A%2F%2Fweibo.com%2F1234567890%2Fz0JH2lOMb",
     "3501756485200075", "https://weibo.com/1234567890/z0JH2lOMb"),
    ("weibo", "https://login.sina.com.cn/sso/login.php?url=https%3A%2F%2Fm.weibo.cn%2Fdetail%2F4776731619099126",
     "4776731619099126", "https://m.weibo.cn/detail/4776731619099126"),
    # a link ends where its alphabet does, and begins behind any other letter
    ("xiaohongshu", "泡茶三步 http://xhslink.com/o/7QmPz3kT9Ra复制后打开【小红书】查看笔记！", None, "http://xhslink.com/o/7QmPz3kT9Ra"),
    ("xiaohongshu", "看看xhslink.com/o/7QmPz3kT9Ra", None, "https://xhslink.com/o/7QmPz3kT9Ra"),
    ("xiaohongshu", f"{WWW}/explore/{NOTE}这是我的", NOTE, f"{WWW}/explore/{NOTE}"),
    ("xiaohongshu", f"笔记：{WWW}/explore/{NOTE}?xsec_token=AB=，谢谢", NOTE, f"{WWW}/explore/{NOTE}?xsec_token=AB%3D"),
    ("douyin", "https://v.douyin.com/iR3euxso/复制此链接，打开Dou音搜索", None, "https://v.douyin.com/iR3euxso/"),
    ("douyin", f"\ufeffhttps://www.douyin.com/video/{DY}\u2060", DY, f"https://www.douyin.com/video/{DY}"),
    ("kuaishou", "https://v.kuaishou.com/s/m9pcztCp", None, "https://v.kuaishou.com/s/m9pcztCp"),
    ("kuaishou", "看v.kuaishou.com/59WkPb～", None, "https://v.kuaishou.com/59WkPb"),
    ("bilibili", "【标题-哔哩哔哩】https://b23.tv/Zm7mYo0点开看", None, "https://b23.tv/Zm7mYo0"),
    ("bilibili", f"看m.bilibili.com/video/{BV}。", BV, f"https://m.bilibili.com/video/{BV}"),
    ("weibo", "泡茶三步 http://t.cn/A6mQpR7s\u200b\u200b\u200b", None, "http://t.cn/A6mQpR7s"),
    ("weibo", "泡茶三步http://t.cn/A6mQpR7s,转发", None, "http://t.cn/A6mQpR7s"),
    # words about pages of people do not make a note one of those
    ("xiaohongshu", "来看看我的主页，怎么装修 http://xhslink.com/o/7QmPz3kT9Ra 复制后打开【小红书】查看笔记！", None,
     "http://xhslink.com/o/7QmPz3kT9Ra"),
    ("weibo", "直播间的茶，个人主页有更多 http://t.cn/A6mQpR7s", None, "http://t.cn/A6mQpR7s"),
    ("douyin", "7.48 复制打开抖音，看看【王的作品】正在直播的茶艺... https://v.douyin.com/fKNisepr3Tw/ AgB:/", None,
     "https://v.douyin.com/fKNisepr3Tw/"),
]  # fmt: skip
PROFILE, GOODS, LISTING, LIVE = (
    "leads to a profile",
    "leads to something on sale",
    "leads to a list",
    "leads to a live broadcast",
)
#: (platform, what is pasted, what is said)
OTHERS = [
    ("xiaohongshu", "我在小红书收获了1205次赞与收藏，来看看我的主页>> https://xhslink.com/m/44T9SSD4tCr", PROFILE),
    ("xiaohongshu", "【王的个人主页 | 小红书】 https://xhslink.com/m/44T9SSD4tCr", PROFILE),
    ("xiaohongshu", "我在小红书收获了12万次赞，关注我 https://xhslink.com/m/44T9SSD4tCr", PROFILE),
    ("xiaohongshu", "这是我的小红书主页 https://xhslink.com/m/44T9SSD4tCr", PROFILE),
    ("xiaohongshu", f"{WWW}/search_result?keyword=%E8%8C%B6", LISTING),
    ("xiaohongshu", f"{WWW}/goods-detail/6a1f3c9b000000001203a4d7", GOODS),
    ("xiaohongshu", f"{WWW}/board/5f0000000000000001000000", LISTING),
    ("xiaohongshu", f"{WWW}/user/profile/5f0000000000000001000000?redirectPath={ITEM}", PROFILE),
    ("douyin", "7- 长按复制此条消息，打开抖音搜索，查看TA的更多作品。 https://v.douyin.com/jfBpRo4r/", PROFILE),
    ("douyin", "【抖音商城】https://v.douyin.com/jfBpRo4r/ 茶杯 长按复制此条消息，打开抖音搜索，查看商品详情！", GOODS),
    (
        "douyin",
        "【抖音】王正在直播，来和我一起支持Ta吧。复制下方链接，打开【抖音】，直接观看直播！ https://v.douyin.com/jfBpRo4r/",
        LIVE,
    ),
    ("douyin", "https://www.douyin.com/search/%E8%8C%B6", LISTING),
    ("douyin", f"https://www.douyin.com/collection/{DY}", LISTING),
    ("douyin", "https://haohuo.jinritemai.com/views/product/item2?id=1", GOODS),
    ("douyin", "https://live.douyin.com/123456", LIVE),
    ("kuaishou", "打开快手，查看她的更多作品 https://v.kuaishou.com/59WkPb", PROFILE),
    ("kuaishou", "https://live.kuaishou.com/profile/3xuser", PROFILE),
    ("kuaishou", "https://live.kuaishou.com/u/3xuser", LIVE),
    ("kuaishou", "https://www.kuaishou.com/search/video?searchKey=%E8%8C%B6", LISTING),
    ("kuaishou", "https://app.kwaixiaodian.com/merchant/shop/detail?id=1", GOODS),
    ("bilibili", "【王的个人空间-哔哩哔哩】 https://b23.tv/Zm7mYo0", PROFILE),
    ("bilibili", "https://space.bilibili.com/12345/video", PROFILE),
    ("bilibili", "https://www.bilibili.com/list/12345", LISTING),
    ("bilibili", "https://search.bilibili.com/all?keyword=%E8%8C%B6", LISTING),
    ("bilibili", "https://mall.bilibili.com/detail.html?itemsId=1", GOODS),
    ("bilibili", "https://live.bilibili.com/123", LIVE),
    ("weibo", "https://weibo.com/1234567890", PROFILE),
    ("weibo", "https://weibo.com/1234567890/followers", PROFILE),
    ("weibo", "https://s.weibo.com/weibo?q=%E8%8C%B6", LISTING),
    ("weibo", "https://weibo.com/p/100808abcdef", LISTING),
    ("weibo", "https://passport.weibo.com/signin?url=https%3A%2F%2Fweibo.com%2F", "does not lead to a note"),
    ("xiaohongshu", f"https://evil.example/login?redirectPath={ITEM}", "This is not a XiaoHongShu link"),
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


@pytest.mark.parametrize(("slug", "text", "note_id", "address"), OTHER_FORMS)
def test_forms_that_people_paste_are_read(slug: str, text: str, note_id: str | None, address: str) -> None:
    found = read_link(slug, text)
    assert found == NoteLink(address, note_id)
    assert read_link(slug, address) == found, "what is kept is read again"


@pytest.mark.parametrize(("slug", "text", "words"), OTHERS)
def test_what_is_no_note_is_refused_with_what_to_paste(slug: str, text: str, words: str) -> None:
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
