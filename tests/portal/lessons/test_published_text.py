"""What was written is what is published: every letter and digit, in its order, or a word on what is left out."""

import re
from collections import Counter
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.lessons.letters import missing
from portal.lessons.markdown import render_markdown
from portal.lessons.published_text import Published, plain_text, published


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("这是**《茶经》**里的话。**注意：**别沸腾。请**少放（三克）**再泡",
         "这是《茶经》里的话。注意：别沸腾。请少放（三克）再泡"),
        ("他说**“慢”**，**Tea。**再来，_“水”_、~~（旧）~~新", "他说“慢”，Tea。再来，“水”、（旧）新"),
        ("**⿰**︀ 한국**(어)**는 𠮟**（x）**𠮟", "⿰︀ 한국(어)는 𠮟（x）𠮟"),
        ("盒子 20*30*40 厘米", "盒子 20*30*40 厘米"),
        ("20cm*30cm*40cm，3厘米*4厘米*5厘米，2**3**4，3*x*2，a*2*b", "20cm*30cm*40cm，3厘米*4厘米*5厘米，2**3**4，3*x*2，a*2*b"),
        ("**20** 克，*30*克，**注意**3克，*注意*3克，80~~90~~100", "20 克，30克，注意3克，注意3克，80~~90~~100"),
        ("snake_case_name 和 20_30_40", "snake_case_name 和 20_30_40"),
        ("图一：\n\n![杯子](https://mmbiz.qpic.cn/x.png)\n\n正文", "图一：\n\n正文"),
        ("图一：\n![杯子](https://x.cn/1.png)\n![](https://x.cn/2.png)\n正文 ![](a.png)好", "图一：\n正文 好"),
        ("[![杯子](https://x.cn/1.png)](https://x.cn/)", ""),
        ("| 步骤 | 水温 |\n|---|---|\n| 第一步 | 80 |\n| 第二步 | 90 |", "步骤 | 水温\n第一步 | 80\n第二步 | 90"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |  |\n|  | 5<br>6 |", "a | b\n1 | 2 | 3\n4\n | 5 6"),
        ("水温80度[^1]。\n\n[^1]: 《茶经》卷下。", "水温80度[1]。\n\n[1] 《茶经》卷下。"),
        ("甲[^a]乙[^b]\n\n[^a]: 一\n[^b]: 二 [^a]\n[^c]: 没人提到", "甲[a]乙[b]\n\n[a] 一\n[b] 二 [a]\n[c] 没人提到"),
        ("没有注[^9]", "没有注[^9]"),
        ("- [ ] 准备\n- [x] 完成\n- [X]\n1. [x] 序", "☐ 准备\n☑ 完成\n☑\n\n1. ☑ 序"),
        ("第一行<br>第二行，<u>重点</u>", "第一行\n第二行，重点"),
        ("一<BR/>二</br>三<br>\n四<br><br>五\n<br>\n六<br>", "一\n二\n三\n四\n\n五\n\n六"),
        ("<p style=\"color: red\">甲</p><p>乙</p>\n<div>\n丙\n</div>", "甲\n乙\n丙"),
        ("a <b and c> d，x<y，<foo>", "a <b and c> d，x<y，<foo>"),
        ("甲<!-- 注 -->乙\n\n<!-- 注\n\n二 -->\n\n丙", "甲乙\n\n丙"),
        ("甲&nbsp;乙&copy;", "甲 乙©"),
        ("- a\n-\n\n正文", "• a\n•\n\n正文"),
        ("1. a\n2.\n3. c", "1. a\n2.\n3. c"),
        ("1) 一\n2) 二", "1) 一\n2) 二"),
        ("1. 一\n3. 三\n3. 又\n\n---\n\n07. 七", "1. 一\n3. 三\n3. 又\n\n———\n\n07. 七"),
        ("1. 一\n1. 二\n1. 三", "1. 一\n2. 二\n3. 三"),
        ("- 甲\n\n  ```\n  code 1\n    x\n  ```\n\n  乙\n  - 丙", "• 甲\ncode 1\n  x\n乙\n  • 丙"),
        ("-     code\n- > 引\n- # 题", "• code\n• 引\n• 题"),
        ("[注意]: 不要沸腾\n\n[2]: 水", "[注意]: 不要沸腾\n\n[2]: 水"),
        ("> 引\n>\n> - 用", "引\n\n• 用"),
        ("# 题\n\n正文\n---\n\n    缩进", "题\n\n正文\n\n缩进"),
        ("水温：\n>80度，>=5 次\n\n>_<\n\n> 80 度", "水温：\n>80度，>=5 次\n\n>_<\n\n80 度"),
        ("　　第一段\n　　又一行\n\n　　第二段", "　　第一段\n　　又一行\n\n　　第二段"),
        (r"(*^▽^*) （*´∀`*）(*・ω・*) \(^o^)/ \(≧▽≦)/ (*注*)", r"(*^▽^*) （*´∀`*）(*・ω・*) \(^o^)/ \(≧▽≦)/ (注)"),
        ("见https://x.cn/*a*/_b_/~~c~~/d。**https://x.cn/_a_**。(http://x.cn/_(b)_)，*https://x.cn/*",
         "见https://x.cn/*a*/_b_/~~c~~/d。https://x.cn/_a_。(http://x.cn/_(b)_)，https://x.cn/"),
        ("https://x.cn/?a=1&b=2&amp;c_ _d https://x.cn/\\_e\\_ @_小茶_ _@小茶_",
         "https://x.cn/?a=1&b=2&c_ _d https://x.cn/_e_ @_小茶_ @小茶"),
        ("<details><summary>题</summary>内</details><ruby>茶<rt>chá</rt></ruby>", "题\n内\n茶chá"),
        ("好茶\n\n# 泡茶 # 红茶 # 三步", "好茶\n\n#泡茶 #红茶 #三步"),
        ("# 泡茶 # 红茶\n\n好茶", "泡茶 # 红茶\n\n好茶"),
    ],
)  # fmt: skip
def test_text_is_what_was_written(body: str, text: str) -> None:
    assert plain_text(body) == text


@pytest.mark.parametrize(
    ("body", "kind", "line", "text"),
    [
        ("图\n\n![杯子](https://x.cn/1.png \"题\")", "picture", 3, "杯子 https://x.cn/1.png 题"),
        ("图\n![](https://x.cn/1.png)\n![](a.png)", "picture", 3, "a.png"),
        ("一<br>二\n<img src=\"https://x.cn/2.png\">", "picture", 2, '<img src="https://x.cn/2.png">'),
        ("一\n<u>二</u>", "html", 2, "<u>"),
        ("一\n\n<!-- 注\n\n二 -->\n\n三", "html", 3, "<!-- 注\n\n二 -->"),
        ("[茶](https://x.cn \"茶的题\")", "words", 1, "茶的题"),
        ("甲\n\n[乙]: https://x.cn/b", "words", 3, "[乙]: https://x.cn/b"),
        ("[乙]\n\n[乙]: https://x.cn/b\n[乙]: https://x.cn/c", "words", 4, "[乙]: https://x.cn/c"),
        ("```python\nx\n```", "words", 1, "python"),
        ("- ~~~ 水温 {80}\n  x", "words", 1, "水温 {80}"),
        ("甲\n[乙][丙]\n\n[丙]: https://x.cn/b", "words", 2, "丙"),
        ("<details open>甲</details>", "html", 1, "<details open>"),
        ("一<br class=x>二", "words", 1, "br class=x"),
        ("1. 一\n1. 二", "number", 2, "1"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told_with_its_line(body: str, kind: str, line: int, text: str) -> None:
    assert (kind, line, text) in [(piece.kind, piece.line, piece.text) for piece in published(body).left_out]


def test_addresses_of_links_stand_behind_their_words() -> None:
    body = "见[这里](https://例.cn/茶)。[二][2] <https://x.cn> [https://x.cn](https://x.cn) <a@x.cn>\n\n[2]: https://x.cn/2"
    text = published(body)
    assert text.text == "见这里。二 https://x.cn https://x.cn a@x.cn"
    assert text.linked == "见这里 https://例.cn/茶 。二 https://x.cn/2 https://x.cn https://x.cn a@x.cn"
    assert [piece.text for piece in text.addresses] == ["https://例.cn/茶", "https://x.cn/2"]
    assert [(piece.kind, piece.text) for piece in text.left_out] == [("words", "2")]


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("这是**《茶经》**里", "<p>这是<strong>《茶经》</strong>里</p>"),
        ("20*30*40", "<p>20*30*40</p>"),
        ("![a](b)\n\n甲", "<p>甲</p>"),
        ("一<br>二<u>三</u><!-- 四 -->", "<p>一<br> 二三</p>"),
        ("- [ ] 准备", '<ul> <li class="task">☐ 准备</li> </ul>'),
        ("1. 一\n3. 三", '<ol> <li>一</li> <li value="3">三</li> </ol>'),
        ("甲[^1]\n\n[^1]: 注", "<p>甲[1]</p> <p>[1] 注</p>"),
        ("好\n\n# 茶 # 水", "<p>好</p> <p>#茶 #水</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
    ],
)  # fmt: skip
def test_page_shows_the_same(body: str, html: str) -> None:
    assert " ".join(render_markdown(body).split()) == html


# Words of all kinds of letters in all constructs: their source, what is published of them, what is left out.
WORD = st.text(st.sampled_from("茶水《》，。：（）“”Tea键09８·한é"), min_size=1, max_size=5)
ASCII = st.text(st.sampled_from("abcXYZ059"), min_size=1, max_size=5)
Part = tuple[str, str, list[str]]


def around(before: str, after: str) -> st.SearchStrategy[Part]:
    return WORD.map(lambda word: (f"{before}{word}{after}", word, []))


INLINE = st.one_of(
    WORD.map(lambda word: (word, word, [])),
    *(around(mark, mark) for mark in ("**", "*", "_", "__", "~~", "`", "***", "<br>", "&nbsp;", "\n")),
    *(around(f"<{tag}>", f"</{tag}>") for tag in ("u", "span", "sub")),
    st.tuples(WORD, ASCII, ASCII).map(
        lambda w: (f'[{w[0]}](https://x.cn/{w[1]} "{w[2]}")', f"{w[0]}httpsxcn{w[1]}", [w[2]])
    ),
    st.tuples(WORD, ASCII).map(lambda w: (f"![{w[0]}](https://x.cn/{w[1]})", "", [f"{w[0]} https://x.cn/{w[1]}"])),
    WORD.map(lambda word: (f"<!-- {word} -->", "", [f"<!-- {word} -->"])),
    st.just(("20*30*40", "203040", [])),
)  # fmt: skip
LINE = st.lists(INLINE, min_size=1, max_size=4).map(
    lambda parts: (
        "字" + "".join(part[0] for part in parts) + "尾",
        "字" + "".join(part[1] for part in parts) + "尾",
        [lost for part in parts for lost in part[2]],
    )
)


def block(before: str, after: str = "") -> st.SearchStrategy[Part]:
    numbers = "".join(filter(str.isdigit, before))
    return LINE.map(lambda line: (before + line[0].replace("\n", " ") + after, numbers + line[1], line[2]))


def table(cells: list[Part]) -> Part:
    """A head of one cell; rows get longer."""
    rows = "\n".join(
        "| " + " | ".join(cell[0].replace("\n", " ") for cell in cells[:n]) + " |" for n in range(1, len(cells))
    )
    kept = "".join(cell[1] for n in range(1, len(cells)) for cell in cells[:n])
    return (
        f"| 头 |\n|---|\n{rows}",
        "头" + kept,
        [lost for n in range(1, len(cells)) for cell in cells[:n] for lost in cell[2]],
    )


BLOCK = st.one_of(
    LINE,
    *(block(start) for start in ("# ", "### ", "- ", "* ", "+ ", "7. ", "3) ", "> ", "> - ", "- - ", "- [ ] ", "- [x] ", "-\n- ")),
    block("", "\n---"),
    st.lists(LINE, min_size=2, max_size=4).map(table),
    *(st.tuples(WORD, ASCII, st.just(fence)).map(lambda w: (f"{w[2]}{w[1]}\n{w[0]}\n{w[2].strip()}", w[0], [w[1]]))
      for fence in ("```", "~~~", "  ~~~~ ")),
    st.tuples(WORD, ASCII).map(lambda w: (f"[{w[0]}]( <https://x.cn/> '{w[1]}')", f"{w[0]}httpsxcn", [w[1]])),
    WORD.map(lambda word: (f"    甲{word}", f"甲{word}", [])),
    st.tuples(LINE, WORD).map(lambda p: (f"{p[0][0]}[^9]\n\n[^9]: {p[1]}", f"{p[0][1]}99{p[1]}", p[0][2])),
    WORD.map(lambda word: (f"[词]: {word}", f"词{word}", [])),
    WORD.map(lambda word: (f"<!-- 注\n\n{word} -->", "", [f"<!-- 注\n\n{word} -->"])),
    ASCII.map(lambda word: (f"[{word}]: https://x.cn/", "", [f"[{word}]: https://x.cn/"])),
)  # fmt: skip


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@settings(deadline=None, max_examples=400)
@given(st.lists(BLOCK, min_size=1, max_size=5))
def test_every_letter_is_published_in_its_order_or_told(blocks: list[Part]) -> None:
    text = published("\n\n\u2060\n\n".join(block[0] for block in blocks))
    assert letters(text.linked) == letters("".join(block[1] for block in blocks))
    assert letters(text.text) in (letters(text.linked), *_without_addresses(text))
    told = Counter(piece.text for piece in text.left_out if not piece.text.startswith("</") and piece.text not in TAGS)
    assert told == Counter(lost for block in blocks for lost in block[2])


TAGS = ("<u>", "<span>", "<sub>")


def _without_addresses(text: Published) -> list[str]:
    rest = text.linked
    for piece in text.addresses:
        rest = rest.replace(piece.text, "", 1)
    return [letters(rest)]


@settings(deadline=None, max_examples=400)
@given(st.text(st.sampled_from("茶水aB12*_~`[]()<>!#&;:|^-+.= \n\t\\/\"'《》，。/u"), max_size=60))
def test_no_letter_is_lost_in_any_text(body: str) -> None:
    text = published(body)
    told = Counter(letters(text.linked + "".join(piece.text for piece in text.left_out)).lower())
    typed = Counter(letters(re.sub(r"\[[xX]\]|&#?\w+;|</?br\s*/?>", "", body)).lower())
    marks = Counter(letters("".join(piece.text for piece in text.addresses)).lower())
    assert not typed - told - marks - Counter(letters("".join(re.findall(r"\[([^\]]*)\]", body))).lower())
    render_markdown(body)


def test_missing_letters_are_found_with_their_line() -> None:
    assert list(missing("一二\n三四五 six", "一二三")) == [(2, "四五 six")]
    assert list(missing("**一** &nbsp; <br> - [x] 二", "一 ☑ 二")) == []


@pytest.mark.parametrize("mark", ["*", "_", "**", "*_", "~~", "**~~"])
def test_marks_within_marks_are_text_where_nobody_can_mean_them(mark: str) -> None:
    """Found by the fuzzer: thousands of them within one another ended the page with an error."""
    for body in ("水" + mark * 2_000 + "茶" + mark[::-1] * 2_000, f"{mark}a " * 2_000 + f"a{mark[::-1]} " * 2_000):
        text, page = published(body).text, render_markdown(body)
        words = re.sub(r"[^a茶]", "", body)
        assert re.sub(r"[^a茶]", "", text) == words == re.sub(r"<[^>]*>|[^a茶]", "", page)
        depths = list(accumulate(-1 if end else 1 for end in re.findall(r"<(/?)(?:strong|em|s)>", page)))
        assert max([0, *depths]) <= 20
        assert not depths or depths[-1] == 0
    assert plain_text(f"{mark}茶{mark[::-1]}") in ("茶", f"{mark}茶{mark[::-1]}")
