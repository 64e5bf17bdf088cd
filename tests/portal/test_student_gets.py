"""A GET changes nothing and is never counted."""

from collections.abc import Callable
from typing import Any

from tests.databases import contents

WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.44"
#: who opens links that were sent: previews of messengers, and scanners of mail
BOTS = {
    "whatsapp": "WhatsApp/2.23.20.0 A",
    "telegram": "TelegramBot (like TwitterBot)",
    "slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "slack image": "Slack-ImgProxy (+https://api.slack.com/robots)",
    "wechat": WECHAT,
    "wechat preview": "Mozilla/5.0 (Linux; Android 7.0; FRD-AL00) AppleWebKit/537.36 Chrome/53 MQQBrowser/6.2 TBS/043602"
    " Safari/537.36 MicroMessenger/6.5.16.1120 NetType/WIFI Language/zh_CN",
    "dingtalk": "DingTalkBot-LinkService/1.0 (https://www.dingtalk.com)",
    # looks like anybody's desktop
    "safe links": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109 Safari/537.36",
    "office": "Microsoft Office/16.0 (Microsoft Outlook 16.0; existence discovery)",
    "teams": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "mail": "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))",
    "facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
}


def test_gets_of_phones_and_link_previews_write_nothing(
    classroom: Any, phone: Callable[..., Any], own_database: str
) -> None:
    code, token = classroom.link.code, classroom.token(1)
    paths = [
        f"/s/{token}", f"/S/{classroom.token()}", f"/s/{token}", f"/l/{code}", f"/l/{code}?done=linked", f"/l/{code}/student",
        "/l/AAAAAAAA", "/s/x", "/go", f"/api/post/preview/{code}", f"/api/post/preview/{token}", f"/api/post/publish/{token}",
        f"/s/{token}/ABCDEFGH", f"/S/{classroom.token()}/ABCDEFGH", f"/l/{code}/mine", "/privacy",
    ]  # fmt: skip
    before = contents(own_database)
    for visitor in (phone(), *(phone(user_agent=agent) for agent in BOTS.values())):
        for path in [*paths, *paths]:
            assert visitor.get(path).status_code < 500 or path.startswith("/api/post/publish")
        visitor.request("HEAD", paths[0])
    assert contents(own_database) == before


def test_link_that_was_previewed_is_still_new_to_its_student(classroom: Any, phone: Callable[..., Any]) -> None:
    token = classroom.token(1)
    for agent in BOTS.values():
        phone(user_agent=agent).get(f"/s/{token}")
    assert classroom.rung(classroom.students[1]) == "not_started"
    ann = phone()
    assert ann.get(f"/s/{token}").status_code == 303
    assert ann.send("scan").json() == {"recorded": 1, "known": 0}
    assert classroom.rung(classroom.students[1]) == "scanned"
    assert len(classroom.events()) == 1
