"""One name for a note that its platform writes in two ways, so that it is known as the same; nothing is asked of anybody."""

import re

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE58 = "FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf"
_XOR, _MOST_AV = 23442827791579, 1 << 51
_AV = re.compile(r"[Aa][Vv](\d{1,19})")
_BV = re.compile(r"[Bb][Vv]1[0-9A-Za-z]{9}")
#: a post's number has 16 digits: two, seven and seven
_BID = re.compile(r"[0-9A-Za-z]{9}")


def one_name(platform: str, note_id: str | None) -> str | None:
    """The id by which a note is compared, whichever way it was written; None where nobody knows it."""
    if not note_id:
        return None
    if platform == "bilibili":
        return bilibili_id(note_id)
    return weibo_id(note_id) if platform == "weibo" else note_id


def bilibili_id(given: str) -> str:
    """A video's BV for its av number, in capitals as it is written; anything else as it is.

    The number with bit 51 set, xor a constant, in base 58 with two pairs of places exchanged
    (SocialSisterYi/bilibili-API-collect, its page on bvid).
    """
    if _BV.fullmatch(given):
        return f"BV{given[2:]}"
    found = _AV.fullmatch(given)
    if found is None or not 0 < int(found[1]) < _MOST_AV:
        return given
    left, letters = (int(found[1]) | _MOST_AV) ^ _XOR, list("BV1000000000")
    for place in range(len(letters) - 1, 2, -1):
        left, rest = divmod(left, 58)
        letters[place] = _BASE58[rest]
    for one, other in ((3, 9), (4, 7)):
        letters[one], letters[other] = letters[other], letters[one]
    return "".join(letters)


def weibo_id(given: str) -> str:
    """A post's number (mid) for its short name (bid); anything else as it is, a video's number with a plain colon.

    From the right, four letters of base 62 stand for seven digits (psubnwell/arsenal, crawler/weibo/base62.py; what Weibo's
    own statuses/queryid answers).
    """
    if given.isdigit() or not _BID.fullmatch(given):
        return given.replace("%3A", ":").replace("%3a", ":")
    groups = [given[max(0, end - 4) : end] for end in range(len(given), 0, -4)][::-1]
    numbers = [_number(group) for group in groups]
    if any(number >= 10**7 for number in numbers):
        return given  # no group of seven digits: not such a name
    return str(numbers[0]) + "".join(f"{number:07d}" for number in numbers[1:])


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 62 + _BASE62.index(letter)
    return number
