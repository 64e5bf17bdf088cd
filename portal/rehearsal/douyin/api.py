"""Douyin's three addresses for the portal's server: client token, ticket, share id.

Words and numbers of refusals: https://douyin.apifox.cn/api-128961756 and the OpenAPI pages of developer.open-douyin.com.
"""

import asyncio
import hmac
import time
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream

from courses.errors import TokenInvalid
from courses.tokens import Keyring
from portal.rehearsal.broken import broken
from portal.rehearsal.douyin import signing as signing
from portal.rehearsal.faults import NOTE_FAULTS, SECONDS, fault_of

SLUG = "douyin"
MOST_BYTES = 64 * 1024
REFUSALS = {
    10002: "参数错误", 10003: "client_key 不存在", 10013: "client_key 或者 client_secret 报错",
    28001003: "access_token无效", 28001008: "access_token过期,请刷新或重新授权", 2190004: "应用未获得该能力",
}  # fmt: skip


class Refused(Exception):
    """By its number in REFUSALS."""

    def __init__(self, code: int) -> None:
        super().__init__(REFUSALS[code])
        self.code = code


@post("/douyin/oauth/client_token/", status_code=200, request_max_body_size=MOST_BYTES)
async def client_token(request: Request[Any, Any, Any], keyring: NamedDependency[Keyring]) -> Response[Any] | Stream:
    """For who knows the secret; a fault that the key carries comes instead."""
    try:
        question = _question(request, await request.body())
        client_key = _application(keyring, question)
    except Refused as refused:
        return _refusal(refused.code)
    fault = fault_of(client_key, SLUG) or ""
    await asyncio.sleep(SECONDS.get(fault, 0))
    token = signing.new_client_token(keyring, client_key, time.time())
    if fault and fault not in NOTE_FAULTS and fault not in SECONDS:
        return _unwell(fault, token)
    return _granted(access_token=token, expires_in=signing.TOKEN_LIFE)


@get("/douyin/open/getticket/")
async def ticket(request: Request[Any, Any, Any], keyring: NamedDependency[Keyring]) -> Response[bytes]:
    """What signs shares."""
    try:
        client_key = _bearer(request, keyring)
    except Refused as refused:
        return _refusal(refused.code)
    made, seconds = signing.new_ticket(keyring, client_key, time.time())
    return _granted(ticket=made, expires_in=seconds)


@post("/douyin/share-id/", status_code=200, request_max_body_size=MOST_BYTES)
async def share_id(request: Request[Any, Any, Any], keyring: NamedDependency[Keyring]) -> Response[bytes]:
    """A name for one share; `need_callback` must be said, as nothing is told of others."""
    try:
        client_key = _bearer(request, keyring)
        if request.query_params.get("need_callback") != "true" or set(request.query_params) - _KNOWN:
            raise Refused(10002)
    except Refused as refused:
        return _refusal(refused.code)
    return _granted(share_id=signing.new_share_id(keyring, client_key, time.time()))


_KNOWN = {"need_callback", "default_hashtag", "source_style_id", "link_param"}


def _question(request: Request[Any, Any, Any], body: bytes) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(10002)
    try:
        return msgspec.json.decode(body, type=dict[str, str])
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise Refused(10002) from None


def _application(keyring: Keyring, question: dict[str, str]) -> str:
    if set(question) != {"client_key", "client_secret", "grant_type"} or question["grant_type"] != "client_credential":
        raise Refused(10002)
    if fault_of(question["client_key"], SLUG) is None:
        raise Refused(10003)
    if not hmac.compare_digest(question["client_secret"].encode(), signing.client_secret(keyring).encode()):
        raise Refused(10013)
    return question["client_key"]


def _bearer(request: Request[Any, Any, Any], keyring: Keyring) -> str:
    try:
        return signing.application_of(keyring, request.headers.get("access-token", ""), time.time())
    except TokenInvalid:
        raise Refused(28001003) from None
    except signing.TokenEnded:
        raise Refused(28001008) from None


def _unwell(fault: str, token: str) -> Response[Any] | Stream:
    """The answer of a platform that is not well."""
    answer = broken(fault, b'{"data": {"access_tok')
    if answer is not None:
        return answer
    match fault:
        case "refuse":
            return _refusal(2190004)
        case "types":
            return _granted(access_token=token, expires_in={"soon": True})
        case "expired":
            return _granted(access_token=token, expires_in=int(time.time()) - 3600)
        case "negative":
            return _granted(access_token=token, expires_in=-3600)
        case "ms":
            return _granted(access_token=token, expires_in=signing.TOKEN_LIFE * 1000)
        case "429":
            return _json({"data": {"error_code": 0}, "message": "请求过于频繁"}, 429)
        case "500":
            return _json({"data": {"error_code": 0}, "message": "系统繁忙"}, 500)
    # Those that are not of this step, but of what is signed with its token.
    return _granted(access_token=token, expires_in=signing.TOKEN_LIFE)


def _granted(**data: object) -> Response[bytes]:
    return _json({"data": {"error_code": 0, "description": "", **data}, "message": "success"})


def _refusal(code: int) -> Response[bytes]:
    return _json({"data": {"error_code": code, "description": REFUSALS[code]}, "message": "error"})


def _json(body: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


routes = [client_token, ticket, share_id]
