"""XiaoHongShu's two addresses: access token (from the portal) and check/token (from the phone's script)."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.response import Stream

from courses.tokens import Keyring
from portal.rehearsal.broken import broken
from portal.rehearsal.faults import NOTE_FAULTS, SECONDS, browser_fault, fault_of
from portal.rehearsal.fetching import Fetcher
from portal.rehearsal.shares import ShareRefused, read_share, seal_share
from portal.rehearsal.xiaohongshu.signing import (
    WORDS_APP,
    WORDS_SIGNATURE,
    issue_token,
    refuse_share,
    refuse_token_request,
)

MOST_BYTES = 64 * 1024
SLOW = 5.0
SLUG = "xiaohongshu"


@post("/xiaohongshu/api/sns/v1/ext/access/token", status_code=200, request_max_body_size=MOST_BYTES)
async def access_token(request: Request[Any, Any, Any], keyring: NamedDependency[Keyring]) -> Response[Any] | Stream:
    """Answers the portal's server."""
    question = _question(await request.body())
    app_key = str(question.get("app_key"))
    fault = fault_of(app_key, SLUG)
    if fault is None:
        return _refusal(WORDS_APP)
    await asyncio.sleep(SECONDS.get(fault, 0))
    if fault and fault not in NOTE_FAULTS and fault not in SECONDS:
        return _unwell(fault, keyring, app_key)
    words = refuse_token_request(question, time.time())
    if words is not None:
        return _refusal(words)
    return _granted(*issue_token(keyring, app_key, time.time()))


@post("/xiaohongshu/api/sns/v1/ext/check/token", status_code=200, request_max_body_size=MOST_BYTES)
async def check_token(
    request: Request[Any, Any, Any], keyring: NamedDependency[Keyring], fetcher: NamedDependency[Fetcher]
) -> Response[Any]:
    """Answers the share script: verifies, fetches the pictures, and gives the code that opens the composer."""
    question, fault = _question(await request.body()), browser_fault(request.cookies)
    if fault == "slow":
        await asyncio.sleep(SLOW)
    ordered = fault_of(str(question.get("app_key")), SLUG) or ""
    fault = "refuse" if ordered == "rejected" else fault
    words = {"signature": WORDS_SIGNATURE, "refuse": "笔记内容不符合规范"}.get(fault)
    words = words or refuse_share(keyring, question, time.time())
    if words is not None:
        return _refusal(words)
    try:
        share = read_share(question.get("data"), str(question["app_key"]), time.time())
        await fetcher.check(share)
        code = seal_share(keyring, replace(share, fault=ordered if ordered in NOTE_FAULTS else ""))
    except ShareRefused as refused:
        return _refusal(str(refused))
    return _json({"code": 0, "success": True, "msg": "成功", "data": {"data_code": code}})


def _question(body: bytes) -> dict[str, Any]:
    try:
        question = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return {}
    return question if isinstance(question, dict) else {}


def _granted(token: str, expires_in: object) -> Response[bytes]:
    return _json({"success": True, "msg": "", "data": {"access_token": token, "expires_in": expires_in}})


def _refusal(words: str) -> Response[bytes]:
    return _json({"success": False, "msg": words})


def _json(body: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


def _unwell(fault: str, keyring: Keyring, app_key: str) -> Response[Any] | Stream:
    """The answer of a platform that is not well."""
    answer = broken(fault, b'{"success": true, "data": {"access_tok')
    if answer is not None:
        return answer
    token, expires_ms = issue_token(keyring, app_key, time.time())
    match fault:
        case "refuse":
            return _refusal("应用未审核通过")
        case "signature":
            return _refusal(WORDS_SIGNATURE)
        case "types":
            return _granted(token, {"soon": True})
        case "expired":
            return _granted(token, int((time.time() - 3600) * 1000))
        case "negative":
            return _granted(token, -3600)
        case "seconds":
            return _granted(token, expires_ms // 1000)
        case "stale":
            # Looks right, and whatever is signed with it will be refused on the phone.
            return _granted(issue_token(keyring, app_key, time.time() - 172_800)[0], expires_ms)
        case "429":
            return _json({"success": False, "msg": "请求过于频繁"}, 429)
        case _:
            return _json({"success": False, "msg": "系统繁忙"}, 500)


routes = [access_token, check_token]
