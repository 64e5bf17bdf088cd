"""Which of the old encodings of Asia and Europe a text without a mark is in, by the characters that it would then have."""

import re
from codecs import getincrementaldecoder
from collections.abc import Sequence
from typing import NamedTuple

#: what stands most in lists of people and in lessons, of each way to write
_SIMPLIFIED = (
    "学号姓名班级小组序性别男女备注专业年院系的一是不了在人有我他这中大来上国个到说们为子和你地出道也时要就下得可以后自会着"
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟汪田任姜范方石"
    "姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤诸葛欧阳司徒官端木尹黎易常武乔贺赖龚文伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华"
    "玉萍红玲建春辉宇浩然子涵梓轩雨欣怡思佳嘉诗琪梦晨俊博天一小满远桐雅晓婷雪慧泽睿雯琳志国海云标题正文话题课时内容类型平台标签"
)
_TRADITIONAL = (
    "學號姓名班級組別座序性男女備註系所的一是不了在人有我他這中大來上國個到說們為子和你地出道也時要就下得可以後自會著"
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余趙盧梁顏柯孫魏翁戴范宋方鄧杜傅侯曹薛"
    "丁卓馬阮董唐溫藍蔣石古紀姚連馮歐程湯田康姜汪白鄒尤巫鐘涂龔淑惠美麗雅怡君婷志明俊傑家豪宗翰冠宇承恩品妤詩涵佳穎欣文華玉"
    "英秀慧嫻芬玲建國雄偉宏信彥哲柏廷宥睿思羽心容筑標題內文話題類型"
)
_JAPANESE = (
    "学籍番号氏名年組男女備考田山本中村小林佐藤鈴木高橋伊渡辺加吉松井清水斎池森阿部石川前藤岡長谷後近遠青野原島大上内金子和一"
    "太郎美子花香翔健真由奈優斗蓮陽結愛咲菜あいうえおかがきぎくけこごさしすせそただちっつてでとどなにのはばひふへほまみむめも"
    "やゆよらりるれろわをんアイウエオカガキクグケコサザシジスズセソタダチッツテデトドナニネノハバパヒビフブプヘベホマミムメモ"
    "ヤユヨャュョラリルレロワンー"
)
_KOREAN = (
    "이김박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민준영지현은수진혜미경희호원상재선동연아도학번"
    "름반명태훈빈예나다가의에을를는과로사람시기자대일인보해라마소승철용광병길석규종근환찬범희숙순옥자인애란화린채율시건"
)
#: each encoding, how it is decoded, and characters, first of its letters and then of its punctuation, that texts in it have
_KINDS = {
    "gb18030": (("gb18030",), _SIMPLIFIED, "gb2312"),
    "big5": (("cp950", "big5hkscs"), _TRADITIONAL, "big5"),
    "shift_jis": (("cp932",), _JAPANESE, "shift_jis"),
    "euc_jp": (("euc_jp",), _JAPANESE, "euc_jp"),
    "euc_kr": (("cp949",), _KOREAN, "euc_kr"),
}
#: bytes that are looked at, and as many more up to the end of a line
_LOOKED_AT = 40_000
#: how much likelier GB 18030 is before anything is known
_USUAL = 0.1
#: what another must have to be taken in its place
_LIKELY = 0.4
#: what nobody has to be asked about: of lists in other encodings none came so far (`tests/courses/test_encodings.py`)
_SURE, _MARGIN, _FEWEST = 0.55, 0.15, 3
#: letters of a text that are Cyrillic only by chance
_CHANCE = 8
#: Cyrillic as names and titles have it: in the wrong one of the two encodings capitals and small letters change places
_CYRILLIC = ("koi8_r", "cp1251")
_CYRILLIC_TEXT = re.compile(
    r"(?!.*([А-яЁё])\1\1)[\x00-\x7f\xa0№«„“]*(?:\b(?![ЪЬъь])(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+)\b[\x00-\x7f\xa0«»„“”‘’–—…№]*)+",
    re.S,
)
_LATIN = re.compile("[À-ÖØ-öø-ÿ]")
_LATIN_MARKS = re.compile("[ŠŽŒšžœŸ‘’“”–—…€°ªº«»¡¿·§]")
#: bytes of GB 18030 that Python still reads as private, and what they stand for since the standard of 2022
_PRIVATE = {0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
            0xE864: 0x9FBB}  # fmt: skip


def codecs_of(encoding: str) -> Sequence[str]:
    """Python's names for what is tried where this encoding is meant, the most usual first."""
    return _KINDS[encoding][0] if encoding in _KINDS else (encoding,)


def plainly(text: str, encoding: str) -> str:
    """The text without the private characters that Python's reading of GB 18030 has."""
    return text.translate(_PRIVATE) if encoding == "gb18030" else text


class Guess(NamedTuple):
    """An encoding that fits; `sure` where no other is nearly as likely."""

    encoding: str
    sure: bool


def guess(data: bytes) -> Guess | None:
    """The most likely encoding of bytes that are not UTF-8, None where they fit none."""
    data = _sample(data)
    if _is_western(data, letters=4):
        return Guess("cp1252", sure=False)
    scores = {kind: score for kind in _KINDS if (score := _score(data, kind)) is not None}
    if "gb18030" in scores:
        scores = {kind: score for kind, score in scores.items() if kind == "gb18030" or score >= _LIKELY}
    best, *others = sorted(scores, key=lambda kind: scores[kind] + _USUAL * (kind == "gb18030"), reverse=True) or [""]
    letters = sum(byte > 0x7F for byte in data)
    cyrillic = next((name for name in _CYRILLIC if _CYRILLIC_TEXT.fullmatch(_decoded(data, name) or "")), "")
    if cyrillic and (letters >= _CHANCE or not best):
        return Guess(cyrillic, sure=False)
    if not best:
        return Guess("cp1252", sure=False) if _is_western(data, letters=0) else None
    score, next_score = scores[best], max((scores[other] for other in others), default=0.0)
    # A letter has two bytes or more.
    sure = letters >= 2 * _FEWEST and score >= _SURE and score - next_score >= _MARGIN
    return Guess(best, sure)


def _sample(data: bytes) -> bytes:
    """The first lines that have more than ASCII."""
    lines, size = [], 0
    for line in data.split(b"\n"):
        if not line.isascii():
            lines.append(line[:_LOOKED_AT])
            size += len(line)
            if size >= _LOOKED_AT:
                break
    return b"\n".join(lines)


def _is_western(data: bytes, letters: int) -> bool:
    """So many of five characters beyond ASCII are letters, the rest quotation marks and dashes.

    Letters with accents stand between plain ones; in the encodings of Asia two bytes of a character stand together.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    high = [match[0] for match in re.finditer(r"[^\x00-\x7f]", text)]
    together = sum(len(match[0]) for match in re.finditer(r"[^\x00-\x7f]{2,}", text))
    found = sum(bool(_LATIN.match(character)) for character in high)
    marks = sum(bool(_LATIN_MARKS.match(character)) for character in high)
    return 5 * together <= len(high) and found + marks == len(high) and 5 * found >= letters * len(high)


def _score(data: bytes, kind: str) -> float | None:
    """How much of the text is frequent in this way of writing, and how much ordinary; None where the bytes do not fit."""
    codecs, frequent, ordinary = _KINDS[kind]
    text = next((text for codec in codecs if (text := _decoded(data, codec)) is not None), None)
    if text is None:
        return None
    characters = [character for character in text if character > "\x7f"]
    if any("\ue000" <= character <= "\uf8ff" for character in plainly("".join(characters), kind)):
        return 0.0 if kind == "gb18030" else None
    if not characters:
        return None
    usual = sum(len(character.encode(ordinary, "ignore")) > 0 for character in characters)
    return (2 * sum(character in frequent for character in characters) + usual) / (3 * len(characters))


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        # The last character may be cut.
        return getincrementaldecoder(codec)().decode(data)
    except UnicodeDecodeError:
        return None
