"""Why a hand-over failed, read out of words that platforms and browsers give."""

import pytest

from courses.events.causes import CAUSES, cause_of
from portal.words.causes import WORDS


@pytest.mark.parametrize(
    ("detail", "cause"),
    [({"message": "签名校验失败，非法参数-signature"}, "signature"), ({"message": "access_token expired"}, "token"),
     ({"message": "操作频繁，请稍后再试"}, "rate_limited"), ({"message": "未安装小红书"}, "app_missing"),
     ({"message": "图片下载失败"}, "media"), ({"message": "网络超时"}, "network"), ({"message": "Failed to fetch"}, "network"),
     ({"message": "当前浏览器不支持"}, "browser"), ({"message": "内容违规"}, "refused"), ({"message": ""}, "unknown"),
     ({}, "unknown"), ({"message": 7}, "unknown"), ({"reason": "no_sdk"}, "sdk"),
     ({"cause": "media", "message": "签名"}, "media"), ({"cause": "made up", "message": "签名"}, "signature"),
     ({"cause": ["x"], "reason": {}}, "unknown")],
)  # fmt: skip
def test_cause_is_read_out_of_what_was_said(detail: dict, cause: str) -> None:
    assert cause_of(detail) == cause


def test_every_cause_has_words_for_people() -> None:
    assert set(WORDS) == set(CAUSES)
