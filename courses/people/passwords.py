"""Which passwords are too easy to guess: short ones, those tried first, and those put together from such."""

import re
import unicodedata
from functools import cache

from zxcvbn import zxcvbn
from zxcvbn.matching import RANKED_DICTIONARIES

from courses.errors import Message

PASSWORD_MIN, PASSWORD_MAX = 12, 128
# zxcvbn's scale: 3 is "safely unguessable: moderate protection from offline slow-hash scenario" (10^8 guesses or more).
PASSWORD_SCORE = 3
#: zxcvbn reads no further
LENGTH_READ = 72
#: a password of so many known words is not refused; fewer are tried in all combinations
WORDS_NEEDED = 4
#: what may stand beside them without making it better, in sum: a letter, a mark, a digit or a date count
LEFT_OVER, LETTER, MARK, DIGIT = 8, 3, 2, 1
#: lengths of words, and of `efgh`; three letters are a word by chance, so they count as one and as a letter left over
SHORTEST, LONGEST, RUN = 3, 20, 4
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))?")
_SYMBOLS = str.maketrans("@$!|+({[<%", "asiltccccx")
#: what looks alike becomes one letter, in words and in passwords: `l33t`, `1eet` and `leet` are the same
_ALIKE = str.maketrans("@4830169i!|$57+2({[<%", "aabeolgglllssttzccccx")


def password_problem(password: str, about: list[str]) -> Message | None:
    """Why a password is refused: 12 to 128 characters, and not one of those tried first (ASVS 6.2.1, 6.2.4).

    `about` is what others know of its owner. It may take some tenths of a second: call it in a thread.
    """
    if len(password) < PASSWORD_MIN:
        return Message("Use at least {limit} characters.", limit=PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        return Message("Use at most {limit} characters.", limit=PASSWORD_MAX)
    inputs = [*about, *[part for item in about for part in re.split(r"[\s@.]+", item)], "lessonlink"]
    if _scored(password, inputs) < PASSWORD_SCORE or _of_known_words(password, inputs):
        return Message("This password is easy to guess. Try four or five words that do not belong together.")
    return None


def _scored(password: str, inputs: list[str]) -> int:
    """zxcvbn tries each symbol as each letter that it may stand for, in all combinations: seconds for some texts.

    So a symbol stands for one letter here; digits, which have few readings, are left to it.
    """
    return int(zxcvbn(password[:LENGTH_READ].translate(_SYMBOLS), user_inputs=inputs)["score"])


def _of_known_words(password: str, inputs: list[str]) -> bool:
    """Whether it is at most three common passwords, words or names, as they are or in leet, and little else.

    `efgh`, `1111`, dates and what is said twice add nothing.
    """
    text = unicodedata.normalize("NFKC", password).casefold()
    own = {_alike(item.casefold()) for item in inputs if len(item) >= SHORTEST}
    once = {re.sub(again, r"\1", text) for again in (r"^(.+?)\1+$", r"(.+?)\1+")}
    return any(_few(each, own) for each in {text} | {each for each in once if len(each) <= len(text) // 2})


def _few(text: str, own: set[str]) -> bool:
    # By place: with so many words before it, the least that is left over.
    best: list[dict[int, int]] = [{0: 0}, *({} for _ in text)]
    for start, reached in enumerate(best[:-1]):
        ends = _ends(text, start, own) if reached else []
        for words, left in reached.items():
            for end, more, over in ends:
                if words + more < WORDS_NEEDED and left + over <= LEFT_OVER:
                    best[end][words + more] = min(left + over, best[end].get(words + more, LEFT_OVER))
    return bool(best[-1])


def _ends(text: str, start: int, own: set[str]) -> list[tuple[int, int, int]]:
    """Where what begins here may end; how many words it is, and what it leaves over."""
    found = [(start + 1, 0, _alone(text[start]))]
    found += [(end, 0, 0) for end in range(start + RUN, _run(text, start) + 1)]
    if date := _DATE.match(text, start):
        found.append((date.end(), 0, DIGIT))
    for end in range(start + SHORTEST, min(start + LONGEST, len(text)) + 1):
        piece = _alike(text[start:end])
        if piece in own:
            found.append((end, 0, 0))
        elif piece in _known():
            found.append((end, 1, LETTER if end - start == SHORTEST else 0))
    return found


def _alone(character: str) -> int:
    if character.isspace():
        return 0
    return DIGIT if character.isdigit() else LETTER if character.isalpha() else MARK


@cache
def _known() -> frozenset[str]:
    """30,000 passwords that many people had, and 65,000 words and names of the lists that zxcvbn brings (MIT)."""
    words = (word for ranks in RANKED_DICTIONARIES.values() for word in ranks)
    return frozenset(_alike(word) for word in words if SHORTEST <= len(word) <= LONGEST)


def _alike(text: str) -> str:
    return text.translate(_ALIKE)


def _run(text: str, start: int) -> int:
    """The end of a run of neighbours such as `abc`, `321` or `111`."""
    codes = [ord(character) for character in text[start:]]
    end = 1
    while (
        end < len(codes)
        and codes[end] - codes[end - 1] in (-1, 0, 1)
        and codes[end] - codes[end - 1] == codes[1] - codes[0]
    ):
        end += 1
    return start + end
