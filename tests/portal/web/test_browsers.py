"""In-app browsers, told apart by what they say of themselves. The user agents are as the apps send them, versions shortened."""

import pytest

from portal.web.browsers import browser_name, in_app_browser, system

IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
ANDROID = "Mozilla/5.0 (Linux; Android 14; V2324A Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
#: slug → user agents on iOS and on Android
AGENTS: dict[str, tuple[str, ...]] = {
    "wecom": (f"{IOS} wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh", f"{ANDROID} Chrome/116 MQQBrowser/6.2 TBS/046 Mobile"
              " Safari/537.36 wxwork/4.1.22 MicroMessenger/7.0.1 NetType/WIFI Language/zh"),
    "wechat": (f"{IOS} MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN", f"{ANDROID} Chrome/122 Mobile"
               " Safari/537.36 XWEB/1220133 MMWEBSDK/20240404 MQQBrowser/6.2 MicroMessenger/8.0.49.2600 WeChat/arm64",
               "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/122 Safari/537.36 MicroMessenger/7.0.20 WindowsWechat"),
    "qq": (f"{IOS} QQ/9.0.35.638 V1_IPH_SQ_9.0.35 Pixel/1170", f"{ANDROID} Chrome/109 MQQBrowser/6.2 TBS/046715 Mobile"
           " Safari/537.36 V1_AND_SQ_9.0.35_5996 QQ/9.0.35.16300 NetType/WIFI"),
    "qzone": (f"{IOS} Qzone/9.0.1 QZONEJSSDK/1.0", f"{ANDROID} Mobile Safari/537.36 Qzone/V1_AND_QZ_9.0.1"),
    "weibo": (f"{IOS} Weibo (iPhone14,5__weibo__14.5.2__iphone__os17.5)", f"{ANDROID} Chrome/120 Mobile Safari/537.36"
              " Weibo (vivo-V2324A__weibo__14.5.2__android__android14)"),
    "dingtalk": (f"{IOS} AliApp(DingTalk/7.5.20) com.laiwang.DingTalk/39125231", f"{ANDROID} Chrome/100 Mobile Safari/537.36"
                 " AliApp(DingTalk/7.5.20) TTWebView/1.0 Channel/700159"),
    "alipay": (f"{IOS} NebulaSDK/1.8.100 Nebula AlipayDefined AliApp(AP/10.6.0) AlipayClient/10.6.0", f"{ANDROID} UCBS/3.22"
               " Mobile Safari/537.36 AliApp(AP/10.6.0.8000) AlipayClient/10.6.0.8000"),
    "taobao": (f"{IOS} AliApp(TB/10.35.0) WindVane/8.7.2", f"{ANDROID} Mobile Safari/537.36 AliApp(TB/10.35.0)"),
    "feishu": (f"{IOS} Lark/7.15.5 LarkLocale/zh_CN", f"{ANDROID} Chrome/114 Mobile Safari/537.36 Lark/7.15.5 Feishu"),
    "douyin": (f"{IOS} aweme_29.6.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6", f"{ANDROID} Chrome/95 Mobile"
               " Safari/537.36 aweme/290600 AppTheme/dark BytedanceWebview/d8a21c6"),
    "baidu": (f"{IOS} SP-engine/3.4.0 main/1.0 baiduboxapp/13.60.0.10", f"{ANDROID} Chrome/97 Mobile Safari/537.36 T7/13.60"
              " baiduboxapp/13.60.0.10"),
    "bilibili": (f"{IOS} os/ios model/iPhone14,5 mobi_app/iphone BiliApp/78300100", f"{ANDROID} Mobile BiliApp/7830300"
                 " mobi_app/android", f"{ANDROID} Chrome/120 Mobile Safari/537.36 bilibili/7.83.0"),
    "kuaishou": (f"{IOS} Kwai/12.5.20 ISLP/0 StatusHT/47", f"{ANDROID} Chrome/90 Mobile Safari/537.36 Yoda/3.2 Kwai/12.5.20",
                 f"{ANDROID} Mobile Safari/537.36 ksNebula/12.5.20"),
    "xiaohongshu": (f"{IOS} xhsapp/8.39 discover/8.39.0", f"{ANDROID} Chrome/121 Mobile Safari/537.36 XHSApp/8.39",
                    f"{IOS} rednote/8.70"),
    "qqbrowser": (f"{IOS} MQQBrowser/15.1.0 Mobile Safari/8536.25", "Mozilla/5.0 (Linux; U; Android 14; zh-cn; V2324A)"
                  " AppleWebKit/537.36 Chrome/109 MQQBrowser/15.1 Mobile Safari/537.36"),
    "webview": (f"{ANDROID} Chrome/126.0.6478.71 Mobile Safari/537.36",),
}  # fmt: skip
REAL = (
    f"{IOS} Version/17.5 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-AN01) AppleWebKit/537.36 Chrome/114 HuaweiBrowser/15.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 14; zh-cn; 23127PN0CC) AppleWebKit/537.36 Chrome/118 Mobile XiaoMi/MiuiBrowser/18.5",
    "Mozilla/5.0 (Linux; U; Android 13; zh-CN; SM-S9110) AppleWebKit/537.36 Chrome/100 UCBrowser/16.5 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
    "",
)


@pytest.mark.parametrize("slug", AGENTS)
def test_app_is_known_by_its_user_agent(slug: str) -> None:
    for agent in AGENTS[slug]:
        app = in_app_browser(agent)
        assert app is not None, agent
        assert app.slug == slug, agent
        assert set(app.names) == {"zh", "en"}


@pytest.mark.parametrize("agent", REAL)
def test_browsers_that_open_other_apps_are_let_through(agent: str) -> None:
    assert in_app_browser(agent) is None


def test_system_and_short_name() -> None:
    assert [system(agent) for agent in AGENTS["wechat"]] == ["ios", "android", "other"]
    assert [browser_name(agent) for agent in AGENTS["weibo"]] == ["Weibo on iPhone", "Weibo on Android"]
