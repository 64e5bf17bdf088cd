"""Settings from the environment; a wrong value stops the start with its name."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from courses.database import DEFAULT_URL, engine_for
from courses.media.library import DEFAULT_MEDIA, open_store
from courses.places import VAR
from courses.postgres import USUAL, Limits
from courses.tokens import Keyring
from portal.collector import has_collector
from portal.mail_server import Server

XHS_API_URL = "https://edith.xiaohongshu.com"
XHS_SDK_URL = "https://fe-static.xhscdn.com/biz-static/goten/xhs-1.0.1.js"
DOUYIN_API_URL = "https://open.douyin.com"
WEIBO_SHARE_URL = "https://service.weibo.com/share"

#: of whom a second factor may be asked
ASKED = ("nobody", "admins", "everyone")
#: how the log is written
LOGS = ("lines", "json")
TOKEN = 16  # characters; a token that may be guessed protects nothing

#: every setting with what the README must say of it
SETTINGS = {
    "PORTAL_PUBLIC_URL": "the address phones reach, such as https://class.example.com; http only for a try-out",
    "DATABASE_URL": "sqlite:///PATH (three slashes: below the checkout), postgres://… or cockroach://…",
    "PORTAL_DATABASE_POOL_MIN": "connections to PostgreSQL that a process keeps at rest",
    "PORTAL_DATABASE_POOL_MAX": "and has at most",
    "PORTAL_DATABASE_STATEMENTS": "prepared statements that a connection keeps; 0 behind PgBouncer in transaction mode",
    "PORTAL_DATABASE_CONNECT_TIMEOUT": "seconds to connect to one PostgreSQL server",
    "PORTAL_DATABASE_COMMAND_TIMEOUT": "seconds for one statement of PostgreSQL; what takes longer is answered 503",
    "PORTAL_DATABASE_ACQUIRE_TIMEOUT": "seconds for one of the connections to be free",
    "PORTAL_MEDIA": "where pictures and videos are kept: file:///PATH or s3://BUCKET/PREFIX",
    "PORTAL_SECRET_KEYS": "ID:HEX,ID:HEX; the first signs, all verify; made at the first start under var/",
    "PORTAL_TIME_ZONE": "the zone in which instructors read and write times, such as Asia/Shanghai",
    "PORTAL_REHEARSAL": "1 lets the built-in rehearsal platform stand in for platforms without keys",
    "PORTAL_PROXY": "addresses of the TLS proxy whose X-Forwarded-For is believed, separated by commas",
    "PORTAL_WEBHOOK_PRIVATE": "1 lets webhooks go to private addresses and over http; for tests and closed networks",
    "PORTAL_RESOLVE_SHORT_LINKS": "1 lets the server follow short links of the platforms to learn which note they lead to",
    "PORTAL_LEAKED_PASSWORDS_URL": "a service that knows stolen passwords by the first five characters of their SHA-1 hash",
    "PORTAL_SECURITY_LOG": "the file of the security log; without it security.log under var/",
    "PORTAL_LOG": "lines, or json: an object a line, for programs that collect logs",
    "PORTAL_METRICS_TOKEN": "who sends it as a bearer token may read /metrics; 16 characters or more",
    "PORTAL_METRICS_FROM": "addresses and networks that may read /metrics without it, separated by commas",
    "PORTAL_SECOND_FACTOR": "of whom a second factor is asked: nobody, admins or everyone; whoever sets one up is asked for it",
    "PORTAL_SMTP_URL": "the mail server: smtp://USER:PASSWORD@HOST:PORT, or smtps://…; mails forgotten passwords need",
    "PORTAL_MAIL_FROM": "whom such mails are from, such as Lessonlink <portal@school.example>",
    "PORTAL_XHS_APP_KEY": "XiaoHongShu's application key",
    "PORTAL_XHS_APP_SECRET": "and its secret",
    "PORTAL_XHS_API_URL": "XiaoHongShu's API",
    "PORTAL_XHS_SDK_URL": "XiaoHongShu's share script",
    "PORTAL_DOUYIN_CLIENT_KEY": "Douyin's client key",
    "PORTAL_DOUYIN_CLIENT_SECRET": "and its secret, which also signs what Douyin's webhook sends",
    "PORTAL_DOUYIN_API_URL": "Douyin's API",
    "PORTAL_WEIBO_APP_KEY": "Weibo's application key; without it posts do not name the sender",
    "PORTAL_WEIBO_SHARE_URL": "where Weibo's share pages are",
}
PAIRS = {  # of which both are set or neither is
    ("PORTAL_XHS_APP_KEY", "PORTAL_XHS_APP_SECRET"): "XiaoHongShu needs both its key and its secret",
    ("PORTAL_DOUYIN_CLIENT_KEY", "PORTAL_DOUYIN_CLIENT_SECRET"): "Douyin needs both its key and its secret",
    ("PORTAL_SMTP_URL", "PORTAL_MAIL_FROM"): "mails need both a server and whom they are from",
}


class SettingWrong(Exception):
    """Says which setting is wrong, and why."""


@dataclass(frozen=True)
class Settings:
    """What the portal runs with; secrets stay out of its text form."""

    public_url: str = "http://127.0.0.1:8000"
    database_url: str = DEFAULT_URL
    database_limits: Limits = USUAL
    media: str = DEFAULT_MEDIA
    keyring: Keyring = field(default_factory=lambda: Keyring.parse(Keyring.generate()), repr=False)
    time_zone: str = "Asia/Shanghai"
    rehearsal: bool = False
    #: a path; "" writes none
    security_log: str = ""
    log: str = "lines"
    metrics_token: str = field(default="", repr=False)
    metrics_from: tuple[str, ...] = ()
    #: whether traces go to a collector; OpenTelemetry's own variables say to which
    traces: bool = False
    proxy: tuple[str, ...] = ()
    webhook_private: bool = False
    resolve_short_links: bool = False
    leaked_passwords_url: str = ""
    second_factor: str = "nobody"
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    xhs_app_key: str = ""
    xhs_app_secret: str = field(default="", repr=False)
    xhs_api_url: str = XHS_API_URL
    xhs_sdk_url: str = XHS_SDK_URL
    douyin_client_key: str = ""
    douyin_client_secret: str = field(default="", repr=False)
    douyin_api_url: str = DOUYIN_API_URL
    weibo_app_key: str = ""
    weibo_share_url: str = WEIBO_SHARE_URL
    # No settings of the environment: only the rehearsal has others.
    douyin_share_url: str = "snssdk1128://openplatform/share"
    #: by platform, what opens in the place of its app; the rehearsal stands in for these platforms
    app_urls: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def measured(self) -> bool:
        """Whether anybody may read /metrics."""
        return bool(self.metrics_token or self.metrics_from)

    @property
    def https(self) -> bool:
        """Whether phones come over TLS; decides on Secure cookies and HSTS."""
        return self.public_url.startswith("https://")

    def asks_second_factor(self, admin: bool) -> bool:
        """Whether somebody has to have one."""
        return self.second_factor == "everyone" or (self.second_factor == "admins" and admin)

    @property
    def host(self) -> str:
        """The public address without its scheme, as people type it."""
        return urlsplit(self.public_url).netloc

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, var: Path = VAR) -> "Settings":
        """Read every setting, each also from the file that NAME_FILE names. Raises SettingWrong."""
        given = {name: value for name in SETTINGS if (value := _read(environ, name))}
        settings = cls(
            public_url=_public_url(given.get("PORTAL_PUBLIC_URL", cls.public_url)),
            database_url=_checked("DATABASE_URL", given.get("DATABASE_URL", cls.database_url), engine_for),
            database_limits=_limits(given),
            media=_checked("PORTAL_MEDIA", given.get("PORTAL_MEDIA", cls.media), open_store),
            keyring=_keyring(given.get("PORTAL_SECRET_KEYS"), var),
            time_zone=_checked("PORTAL_TIME_ZONE", given.get("PORTAL_TIME_ZONE", cls.time_zone), ZoneInfo),
            security_log=given.get("PORTAL_SECURITY_LOG", str(var / "security.log")),
            rehearsal=_flag("PORTAL_REHEARSAL", given.get("PORTAL_REHEARSAL", "0")),
            log=_one_of("PORTAL_LOG", given.get("PORTAL_LOG", "lines"), LOGS),
            metrics_token=_token("PORTAL_METRICS_TOKEN", given.get("PORTAL_METRICS_TOKEN", "")),
            metrics_from=_addresses("PORTAL_METRICS_FROM", given.get("PORTAL_METRICS_FROM", "")),
            traces=_traces(environ),
            proxy=_addresses("PORTAL_PROXY", given.get("PORTAL_PROXY", "")),
            webhook_private=_flag("PORTAL_WEBHOOK_PRIVATE", given.get("PORTAL_WEBHOOK_PRIVATE", "0")),
            resolve_short_links=_flag("PORTAL_RESOLVE_SHORT_LINKS", given.get("PORTAL_RESOLVE_SHORT_LINKS", "0")),
            leaked_passwords_url=_url("PORTAL_LEAKED_PASSWORDS_URL", given.get("PORTAL_LEAKED_PASSWORDS_URL", "")),
            second_factor=_one_of("PORTAL_SECOND_FACTOR", given.get("PORTAL_SECOND_FACTOR", "nobody"), ASKED),
            smtp_url=given.get("PORTAL_SMTP_URL", ""),
            mail_from=given.get("PORTAL_MAIL_FROM", ""),
            xhs_app_key=given.get("PORTAL_XHS_APP_KEY", ""),
            xhs_app_secret=given.get("PORTAL_XHS_APP_SECRET", ""),
            xhs_api_url=_url("PORTAL_XHS_API_URL", given.get("PORTAL_XHS_API_URL", XHS_API_URL)),
            xhs_sdk_url=_url("PORTAL_XHS_SDK_URL", given.get("PORTAL_XHS_SDK_URL", XHS_SDK_URL)),
            douyin_client_key=given.get("PORTAL_DOUYIN_CLIENT_KEY", ""),
            douyin_client_secret=given.get("PORTAL_DOUYIN_CLIENT_SECRET", ""),
            douyin_api_url=_url("PORTAL_DOUYIN_API_URL", given.get("PORTAL_DOUYIN_API_URL", DOUYIN_API_URL)),
            weibo_app_key=given.get("PORTAL_WEIBO_APP_KEY", ""),
            weibo_share_url=_url("PORTAL_WEIBO_SHARE_URL", given.get("PORTAL_WEIBO_SHARE_URL", WEIBO_SHARE_URL)),
        )
        for pair, why in PAIRS.items():
            if len(missing := [name for name in pair if name not in given]) == 1:
                raise SettingWrong(f"{missing[0]} is missing: {why}")
        _check_mail(settings)
        return settings


def _check_mail(settings: Settings) -> None:
    if settings.smtp_url:
        try:
            Server.parse(settings.smtp_url)
        except ValueError as error:
            # Not the error's own words, which may quote a password.
            raise SettingWrong("PORTAL_SMTP_URL is not written smtp://USER:PASSWORD@HOST:PORT or smtps://…") from error
        if not re.fullmatch(r"[^@\r\n]*[^@\s<>]@[^@\s<>]+>?", settings.mail_from):
            raise SettingWrong("PORTAL_MAIL_FROM is not an address such as Lessonlink <portal@school.example>")


def _read(environ: Mapping[str, str], name: str) -> str:
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name, "").strip()
    if environ.get(name):
        raise SettingWrong(f"{name} and {name}_FILE are both set; keep one")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingWrong(f"{name}_FILE cannot be read: {error.strerror}") from error


def _checked(name: str, value: str, check: Callable[[str], object]) -> str:
    try:
        check(value)
    except Exception as error:
        raise SettingWrong(f"{name} {error}") from error
    return value


def _limits(given: Mapping[str, str]) -> Limits:
    def number(name: str, least: int, usual: float) -> int:
        value = given.get(f"PORTAL_DATABASE_{name}", str(int(usual)))
        if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) < least:
            raise SettingWrong(f"PORTAL_DATABASE_{name} is not a whole number from {least}")
        return int(value)

    limits = Limits(
        connect=number("CONNECT_TIMEOUT", 1, USUAL.connect),
        command=number("COMMAND_TIMEOUT", 1, USUAL.command),
        acquire=number("ACQUIRE_TIMEOUT", 1, USUAL.acquire),
        least=number("POOL_MIN", 0, USUAL.least),
        most=number("POOL_MAX", 1, USUAL.most),
        statements=number("STATEMENTS", 0, USUAL.statements),
    )
    if limits.least > limits.most:
        raise SettingWrong("PORTAL_DATABASE_POOL_MIN is more than PORTAL_DATABASE_POOL_MAX")
    return limits


def _url(name: str, value: str) -> str:
    if value and not _is_address(value):
        raise SettingWrong(f"{name} is not an address such as https://class.example.com")
    return value.rstrip("/")


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    web = parts.scheme in ("http", "https") and bool(host) and port != 0
    return web and not (parts.query or parts.fragment or parts.username)


def _public_url(value: str) -> str:
    value = _url("PORTAL_PUBLIC_URL", value)
    if urlsplit(value).path:
        raise SettingWrong("PORTAL_PUBLIC_URL must be a host without a path, such as https://class.example.com")
    return value.lower()


def _flag(name: str, value: str) -> bool:
    if value.lower() not in ("0", "1", "true", "false", "yes", "no"):
        raise SettingWrong(f"{name} must be 0 or 1")
    return value.lower() in ("1", "true", "yes")


def _token(name: str, value: str) -> str:
    if value and len(value) < TOKEN:
        raise SettingWrong(f"{name} must have {TOKEN} characters or more")
    return value


def _one_of(name: str, value: str, words: tuple[str, ...]) -> str:
    if value.lower() not in words:
        raise SettingWrong(f"{name} must be one of {', '.join(words)}")
    return value.lower()


def _addresses(name: str, value: str) -> tuple[str, ...]:
    addresses = tuple(filter(None, (part.strip() for part in value.split(","))))
    for address in addresses:
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError as error:
            raise SettingWrong(f"{name}: {address} is not an address") from error
    return addresses


def _traces(environ: Mapping[str, str]) -> bool:
    try:
        return has_collector(environ)
    except ValueError as error:
        raise SettingWrong(str(error)) from error


def _keyring(value: str | None, var: Path) -> Keyring:
    """The ring of the environment, or of var/secret-keys, made with mode 0600 at the first start."""
    path = var / "secret-keys"
    try:
        if value is None and not path.exists():
            var.mkdir(parents=True, exist_ok=True)
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass  # another process of this start was first
            else:
                with os.fdopen(descriptor, "w") as file:
                    file.write(Keyring.generate() + "\n")
        return Keyring.parse(value if value is not None else path.read_text())
    except ValueError as error:
        raise SettingWrong(f"PORTAL_SECRET_KEYS: {error}") from error
