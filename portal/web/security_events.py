"""What of the answers goes into the security log: told by the route, the status and who asked, in one place for all handlers."""

from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from courses.clock import now
from courses.errors import TooMany
from courses.people.api_keys import PREFIX
from portal.metrics import SECURITY
from portal.settings import Settings
from portal.web.limits import Limit
from portal.web.security import subject
from portal.web.security_log import Line, SecurityLog
from portal.workers.asker import asker

#: by method and route, what an answer of each status says
_SAID: dict[str, dict[int, str]] = {
    "POST /sign-in": {303: "signed_in", 401: "sign_in_failed"},
    "POST /sign-in/passkey": {303: "signed_in", 422: "sign_in_failed"},
    "POST /sign-in/second-factor": {303: "signed_in", 422: "second_factor_refused"},
    "POST /sign-out": {303: "signed_out"},
    "POST /invitations/{secret}": {303: "link_used", 410: "link_refused", 404: "link_refused"},
    "POST /forgotten-password": {303: "reset_asked"},
    "POST /forgotten-password/{secret}": {303: "password_changed", 422: "password_refused", 410: "link_refused"},
    "POST /account/password": {303: "password_changed", 422: "password_refused"},
    "POST /account/second-factor/app/confirmation": {303: "second_factor_on", 422: "second_factor_refused"},
    "POST /account/second-factor/app/removal": {303: "second_factor_off", 422: "second_factor_refused"},
    "POST /account/second-factor/recovery-codes": {303: "recovery_codes_made", 422: "password_refused"},
    "POST /sign-in/second-factor/passkey": {303: "signed_in", 422: "second_factor_refused"},
    "POST /account/second-factor/passkeys/challenge": {422: "password_refused"},
    "POST /account/second-factor/passkeys": {303: "passkey_added", 422: "second_factor_refused"},
    "POST /account/second-factor/passkeys/{passkey_id}/removal": {303: "passkey_removed", 422: "password_refused"},
    "POST /account/keys": {303: "key_made"},
    "POST /account/keys/{key_id}/end": {303: "key_ended"},
    "POST /account/sessions/end": {303: "sessions_ended"},
    "POST /account/sessions/{session_id}/end": {303: "sessions_ended"},
    "POST /people/{person_id}/sign-out": {303: "sessions_ended"},
    "POST /people/invitations": {303: "invited"},
    "POST /courses/{course_id}/members/invitations": {303: "invited"},
    "POST /people/{person_id}/disable": {303: "access_ended"},
    "POST /people/{person_id}/enable": {303: "access_returned"},
    "POST /l/{link}/student": {422: "identity_refused"},
}
#: how often a key that works is told of, from one network, in seconds
KEY_AGAIN = 3_600
#: characters of a key that its owner's page shows, too
HINT = 8


def try_for(request: Request[Any, Any, Any], person: UUID | None) -> None:
    """Whose account somebody tries to get into, who is not in yet."""
    request.scope["state"]["tried_for"] = person


def note(request: Request[Any, Any, Any], event: str) -> None:
    """What happened, where route and status do not tell it."""
    request.scope["state"]["noted"] = event


class SecurityEvents(ASGIMiddleware):
    """Writes a line for each answer that says something of who may get in."""

    def __init__(self, settings: Settings, log: SecurityLog) -> None:
        self.settings, self.log = settings, log
        self._keys = Limit(1, KEY_AGAIN)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP:
            await next_app(scope, receive, send)
            return

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"])
            await send(message)

        await next_app(scope, receive, send_and_note)

    def _note(self, scope: Scope, status: int) -> None:
        route, person = _route(scope), asker()
        key = _key(scope) if route.partition(" ")[2].startswith("/api/v1") else ""
        noted: str | None = scope.get("state", {}).get("noted")
        event = noted or _event(scope, route, status, person is not None, bool(key))
        if event is None:
            return
        SECURITY.labels(event).inc()
        client = scope.get("client")
        address = client[0] if client else ""
        network, visitor = network_of(address), subject(self.settings, "security", address)[:12]
        if event == "key_used":
            try:
                self._keys.hit(key, network)
            except TooMany:
                return
        whose = person or scope.get("state", {}).get("tried_for")
        self.log.write(Line(now(), event, network, visitor, status, route, whose, key if event == "key_used" else ""))


def _event(scope: Scope, route: str, status: int, known: bool, by_key: bool) -> str | None:
    if said := _SAID.get(route, {}).get(status):
        if said == "signed_in" and not known:
            return "second_factor_asked" if route == "POST /sign-in" else None
        return said if known or said != "signed_out" else None
    if status == 429:
        return "locked_out"
    if status == 403:
        return "cross_site" if scope.get("state", {}).get("cross_site") else "access_refused"
    if by_key and known and status < 400:
        return "key_used"
    if by_key and status == 401:
        return "key_refused"
    # Of what belongs to others nobody is told that it is there: whoever looks for it sees this.
    return "not_found" if status == 404 and known and "{" in route else None


def _route(scope: Scope) -> str:
    """Method and route with the names of what stands in the address, not the values: some are secrets."""
    return f"{scope.get('method')} {scope.get('path_template') or '(none)'}"


def _key(scope: Scope) -> str:
    """How the key begins that a program has sent, if it is one of our form; "?" for any other."""
    given = next((value for name, value in scope["headers"] if name == b"authorization"), b"").decode("latin-1")
    key = given.partition(" ")[2].strip()
    return key[:HINT] if key.startswith(PREFIX) else "?" if given else ""


def network_of(address: str) -> str:
    """The network that is written down in the place of an address: /24 of IPv4, /48 of IPv6; "" for what is none."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))
