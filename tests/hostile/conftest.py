# ruff: noqa: E501 - the texts are what they are
"""Texts that try to become markup, script, a template or a formula, put into every field of a real portal."""

import http.server
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

#: a page in which one of the texts came alive calls this
CALL = "xss(1)"

# Elements that run something when they are shown, each closed so that it works in the middle of a page.
ALIVE = [
    f"<script>{CALL}</script>", f"<ScRiPt >{CALL}</ScRiPt>", f"<script\x0c>{CALL}</script>", f"<script/x>{CALL}</script>",
    f"<<script>{CALL}//<</script>", f"<scr<script>ipt>{CALL}</scr</script>ipt>", "<script src=CANARY/s.js></script>",
    f"<script type=module>{CALL}</script>", f"<img src=x onerror={CALL}>", f"<img/src=x/onerror={CALL}>",
    f'<img src="x" onerror="{CALL}">', f"<IMG SRC=x ONERROR={CALL}>", f"<img src=x:x onerror=\n{CALL}>",
    f"<img src onerror={CALL}>", "<img src=CANARY/i.png>", "<img srcset=CANARY/i2.png>",
    f"<svg onload={CALL}>", f"<svg/onload={CALL}>", f"<svg><script>{CALL}</script></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>", f"<svg><set onbegin={CALL} attributename=x>",
    f'<svg><a xlink:href="javascript:{CALL}"><text y=20>click</text></a>', f'<svg><use href="data:image/svg+xml,<svg id=x onload={CALL}>#x">',
    f"<svg><style><img src=x onerror={CALL}></style>", f"<math><mtext></p><img src=x onerror={CALL}></mtext></math>",
    f'<math><a xlink:href="javascript:{CALL}">x</a></math>', f"<body onload={CALL}>", f"<body onpageshow={CALL}>",
    f"<iframe src=javascript:{CALL}></iframe>", f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f"<iframe onload={CALL}></iframe>", "<iframe src=CANARY/f></iframe>", f"<embed src=javascript:{CALL}>",
    f"<object data=javascript:{CALL}></object>", "<object data=CANARY/o></object>",
    f"<video><source onerror={CALL}></video>", f"<video src=x onerror={CALL}></video>", "<video poster=CANARY/p.png></video>",
    f"<audio src=x onerror={CALL}></audio>", f"<details open ontoggle={CALL}>x</details>",
    f"<input autofocus onfocus={CALL}>", f"<select autofocus onfocus={CALL}></select>",
    f"<textarea autofocus onfocus={CALL}></textarea>", f"<button autofocus onfocus={CALL}>x</button>",
    f"<a autofocus href=x onfocus={CALL}>x</a>", f"<marquee onstart={CALL}>x</marquee>", f"<keygen autofocus onfocus={CALL}>",
    f"<div style=animation-name:x onanimationstart={CALL}>x</div>", f"<p onpointerover={CALL}>x</p>",
    "<link rel=stylesheet href=CANARY/s.css>", "<style>@import url(CANARY/i.css);</style>", "<style>*{background:url(CANARY/b)}</style>",
    "<div style=background:url(CANARY/d)>x</div>", f"<meta http-equiv=refresh content=0;url=javascript:{CALL}>",
    "<meta http-equiv=refresh content=0;url=CANARY/m>", "<base href=CANARY/>", "<form action=CANARY/x><button>x</button></form>",
    f"<form><button formaction=javascript:{CALL}>x</button></form>", f"<isindex type=image src=1 onerror={CALL}>",
    f"<template><script>{CALL}</script></template>", f"<noscript><p title='</noscript><img src=x onerror={CALL}>'></noscript>",
    f"<xmp><p title='</xmp><img src=x onerror={CALL}>'></xmp>", f"<table background=javascript:{CALL}><tr><td>x</table>",
    f"<dialog open onclose={CALL}><form method=dialog><button>x</button></form></dialog>", f"<portal onload={CALL}></portal>",
]  # fmt: skip
# What ends the place in which a text stands: an attribute, a script, a comment, a text area, a title, JSON.
ENDS = ['">', "'>", '" x="', "</title>", "</textarea>", "</script>", "-->", "]]>", "</style>", '\\">']
# Attributes alone, for a text that stands in one.
ATTRIBUTES = [
    f'" onmouseover="{CALL}', f"' onmouseover='{CALL}", f"x onmouseover={CALL} y=", f'" autofocus onfocus="{CALL}" x="',
    f"` onmouseover={CALL} `", '" style="background:url(CANARY/a)" x="', f'"/onclick={CALL}//', f"x' onerror={CALL} '",
]  # fmt: skip
# Markdown that would be a link or a picture of a bad kind.
MARKDOWN = [
    f"[x](javascript:{CALL})", f"[x](JaVaScRiPt:{CALL})", f"[x](java\tscript:{CALL})", f"[x](&#106;avascript:{CALL})",
    f"[x](javascript&colon;{CALL})", f"[x](vbscript:{CALL})", f"[x](data:text/html,<script>{CALL}</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD54c3MoMSk8L3NjcmlwdD4=)", f"![x](javascript:{CALL})", "![x](CANARY/md.png)",
    f"<javascript:{CALL}>", f"[x]\n\n[x]: javascript:{CALL}", f'[x](/ "a\\" onmouseover=\\"{CALL}")', f"[<img src=x onerror={CALL}>](/)",
    f"![\" onerror={CALL} x=](/x.png)", f"```html\n<script>{CALL}</script>\n```", f"`<img src=x onerror={CALL}>`",
    f"~~~\n</code></pre><script>{CALL}</script>\n~~~", f"> <script>{CALL}</script>", f"- <img src=x onerror={CALL}>",
    f"# <svg onload={CALL}>", f"[x](//evil.example\\@x \"><img src=x onerror={CALL}>\")", f"\\<script>{CALL}</script>",
    f"&lt;script&gt;{CALL}&lt;/script&gt;", f"&#60;img src=x onerror={CALL}&#62;", f"[a](javascript://%0a{CALL})",
    "[x](file:///etc/passwd)", f"**<b onclick={CALL}>x</b>**", f"[x](\x01javascript:{CALL})", f"<a href=\"javascript:{CALL}\">x</a>",
]  # fmt: skip
# Templates: 7191 × 7 is 50337.
TEMPLATES = [
    "{{7191*7}}", "{{ 7191*7 }}", "{%print(7191*7)%}", "{% if 1 %}7191{% endif %}", "${7191*7}", "#{7191*7}", "<%= 7191*7 %>",
    "{{config}}", "{{self.__init__.__globals__}}", "{{''.__class__.__mro__}}", "{{_('x')}}", "%(title)s %(n)d", "{title} {0}",
    "{0.__class__}", "{{ cycler.__init__.__globals__.os }}", "{#comment#}", "{{request}}", "%s%s%s%n", "{", "}}", "%", "%%(",
]  # fmt: skip
# Cells that a spreadsheet would run, and lines that would be headers.
FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("CANARY/h","x")', '=IMPORTXML("CANARY/x","//a")', "+1+cmd", "-1+cmd", "@SUM(1,1)",
    "\t=1+1", "\r=1+1", "＝1+1", "=\"x\"&1", '"=1+1"', ";=1+1", "x\r\nSet-Cookie: a=b", "x\r\n\r\n<script>xss(1)</script>",
    "x\nLocation: //evil.example", "=DDE(\"cmd\";\"/C calc\";\"x\")", "-2+3+cmd|' /C calc'!A0",
]  # fmt: skip
# Characters that hide or break something.
ODD = [
    "\u202e\u2066moc.live\u2069", "a\u200bb\u200d", "\ufeffx", "\u2028x\u2029", "x\u0000y", "😀👩‍👩‍👧‍👦🇨🇳", "𠮷㗎", "ﷺ", "Z̸̡͇a̵l̶g̷o̴",
    "+ADw-script+AD4-xss(1)+ADw-/script+AD4-", "\u00bcscript\u00bexss(1)\u00bc/script\u00be", "＜script＞xss(1)＜/script＞",
    "\uff1cimg src=x onerror=xss(1)\uff1e", "'; DROP TABLE lesson; --", "\" OR \"\"=\"", "Robert'); DELETE FROM student;--",
    "../../../etc/passwd", "..\\..\\x", "/etc/passwd\u0000.jpg", "CON", "a" * 90, "测" * 60, "&amp;&lt;&#39;", "\\u003cscript\\u003e",
]  # fmt: skip

TEMPLATE_RESULT = "50337"


def texts(canary: str) -> list[str]:
    """All of them: more than 200, each with the address of the listener in it where it names one."""
    ended = [f"{end}{ALIVE[(n * 7 + m) % len(ALIVE)]}" for n, end in enumerate(ENDS) for m in range(6)]
    corpus = [*ALIVE, *ended, *ATTRIBUTES, *MARKDOWN, *TEMPLATES, *FORMULAS, *ODD]
    return [text.replace("CANARY", canary) for text in dict.fromkeys(corpus)]


class Canary:
    """A server that nobody has reason to ask; `asked` are the paths that somebody did."""

    def __init__(self) -> None:
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.asked = asked
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="session")
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.server.shutdown()


class Markup(HTMLParser):
    """What a page is made of besides text: collects whatever none of our templates writes."""

    FORBIDDEN = frozenset(
        [
            "base",
            "embed",
            "object",
            "applet",
            "portal",
            "marquee",
            "keygen",
            "isindex",
            "xmp",
            "math",
            "frame",
            "frameset",
            "animate",
            "set",
            "foreignobject",
        ]
    )
    ADDRESSES = frozenset(
        ["href", "src", "action", "formaction", "data", "poster", "background", "xlink:href", "srcset", "cite", "ping"]
    )
    GOOD_ADDRESS = re.compile(
        r"(?!//)[^:]*(/|\?|#|$)|https?://|data:image/(webp|jpeg|png);base64,|xhsdiscover://|mailto:", re.IGNORECASE
    )

    def __init__(self, page: str, origins: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.origins = origins
        self.inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # pages of ours that look again after some seconds, and lead nowhere else
        looks_again = given.get("http-equiv") == "refresh" and (given.get("content") or "").isdecimal()
        if tag in self.FORBIDDEN or (tag == "meta" and "http-equiv" in given and not looks_again):
            self.bad.append(f"<{tag}>")
        if tag in ("script", "link", "iframe", "img", "video", "audio", "source", "form") and not self._ours(given):
            self.bad.append(f"<{tag} {given}>")
        self.inside = tag if tag in ("script", "style") else ""
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc") or not re.fullmatch(r"[a-z][a-z0-9:-]*", name):
                self.bad.append(f"<{tag} {name}={value!r}>")
            # A link may lead to another site; nothing else may.
            to_a_site = tag == "a" and (value or "").startswith("//")
            if name in self.ADDRESSES and not to_a_site and not self.GOOD_ADDRESS.match((value or "").strip()):
                self.bad.append(f"<{tag} {name}={value!r}>")

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.bad.append(f"<{self.inside}> holds {data[:60]!r}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"<!--{data[:60]}-->")

    def _ours(self, given: dict[str, str | None]) -> bool:
        addresses = [given.get(name) for name in ("src", "href", "action", "poster", "srcset")]
        return all(
            not address
            or (address.startswith(("/", "data:image/", "#", *self.origins)) and not address.startswith("//"))
            for address in addresses
        )


@pytest.fixture(scope="session")
def corpus() -> Any:
    return texts


@pytest.fixture(scope="session")
def markup() -> Any:
    return Markup


@pytest.fixture(scope="session")
def flags() -> list[str]:
    return ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
