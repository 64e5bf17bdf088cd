"""Formatted text that is pasted into the editor becomes clean Markdown, and what it cannot hold is told."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

PASSWORD = "violet tractor beneath morning"
PASTE = """(body, [html, plain]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", plain);
  body.focus();
  body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
IGNORED = '<span style="mso-list:Ignore">{}<span>&nbsp;&nbsp;&nbsp; </span></span>'
WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal {margin:0}</style></head><body>"
    "<!--StartFragment--><h2>泡茶<o:p></o:p></h2>"
    "<p class=MsoNormal>先<b>《茶经》</b>里说，盒子 20*30*40 厘米。<o:p>&nbsp;</o:p></p>"
    f"<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>{IGNORED.format('1.')}温杯</p>"
    f"<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>{IGNORED.format('2.')}投茶</p>"
    f"<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'>{IGNORED.format('·')}慢</p>"
    f"<p class=MsoListParagraph style='mso-list:l1 level2 lfo2'>{IGNORED.format('o')}更慢</p>"
    f"<p class=MsoListParagraph style='mso-list:l2 level1 lfo3'>{IGNORED.format('一、')}总说</p>"
    "<table><tr><td><p>步骤</p></td><td><p>水温</p></td></tr><tr><td colspan=2><p>80|90</p></td></tr></table>"
    "<p><u>重点</u></p><!--EndFragment--></body></html>"
)
WECHAT = (
    '<section style="color: rgb(62, 62, 62)"><p><span style="font-weight: bold;">注意：</span>别沸腾</p>'
    '<p><img data-src="https://mmbiz.qpic.cn/x.png"></p><p><span style="color: rgb(255, 0, 0);">水\u200b温</span><br>80 度</p>'
    "<mpvoice></mpvoice></section>"
)
FEISHU = (
    '<div data-page-id="x" data-docx-has-block-data="true"><h1>红茶</h1>'
    "<ul><li><div>一</div><ul><li>二</li></ul></li><li>三</li></ul>"
    '<ol start="3"><li>丙</li></ol><blockquote><div>引</div></blockquote><pre><code>a_b * c</code></pre>'
    '<div><del>旧</del> <a href="https://x.cn/a_(b)">文档</a> <a href="#t">节</a> 1. 不是 # 题 [x] &lt;b&gt;</div></div>'
)


@pytest.fixture(scope="module")
def alice(portal: Any) -> Iterator[tuple[httpx.Client, str]]:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        invitation = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(invitation, data={"name": "Alice", "password": PASSWORD})
        yield http, http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]


@pytest.fixture
def editor(alice: tuple[httpx.Client, str], open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def opened(size: tuple[int, int] = (1440, 900), language: str = "en") -> Page:
        http, course = alice
        context = open_browser({"viewport": {"width": size[0], "height": size[1]}}, language)
        context.add_cookies([{"name": "session", "value": http.cookies["session"], "url": str(http.base_url)}])
        page = context.new_page()
        page.goto(f"{http.base_url}/courses/{course}/lessons/new")
        return page

    return opened


def paste(page: Page, html: str, plain: str = "") -> None:
    page.locator("#body").evaluate(PASTE, [html, plain])


@pytest.mark.browser
@pytest.mark.parametrize(
    ("html", "text", "told"),
    [
        (
            WORD,
            "## 泡茶\n\n先**《茶经》**里说，盒子 20*30*40 厘米。\n\n1. 温杯\n2. 投茶\n\n- 慢\n  - 更慢\n\n一、 总说\n\n"
            "| 步骤 | 水温 |\n| --- | --- |\n| 80\\|90 |\n\n重点",
            "Pasted as Markdown. Left out: merged cells of tables (1), colours, underlines and other formats.",
        ),
        (
            WECHAT,
            "**注意：**别沸腾\n\n水温\n80 度",
            "Pasted as Markdown. Left out: pictures (1); add them under Pictures, audio and video (1), "
            "colours, underlines and other formats.",
        ),
        (
            FEISHU,
            "# 红茶\n\n- 一\n  - 二\n- 三\n\n3. 丙\n\n> 引\n\n```\na_b * c\n```\n\n"
            "~~旧~~ [文档](https://x.cn/a_%28b%29) 节 1\\. 不是 # 题 [x] \\<b>",
            "",
        ),
    ],
    ids=["word", "wechat", "feishu"],
)
def test_formatted_text_becomes_markdown_and_its_losses_are_told(
    editor: Callable[..., Page], html: str, text: str, told: str
) -> None:
    page = editor()
    paste(page, html, "plain")
    expect(page.locator("#body")).to_have_value(text)
    expect(page.locator("#pasted")).to_have_text(told)


@pytest.mark.browser
def test_losses_are_told_in_chinese_and_fit_a_phone(editor: Callable[..., Page], shot: Callable[..., None]) -> None:
    page = editor((390, 844), "zh-CN")
    paste(page, WECHAT)
    expect(page.locator("#pasted")).to_have_text(
        "已转成 Markdown 粘贴。未带上：图片（1 张，请在“图片”中添加）、音频和视频（1 个）、颜色、下划线等格式。"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shot(page, "editor-paste-zh")
