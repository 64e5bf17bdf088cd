"""Which passwords are refused: those tried first, in every way in which people write them."""

import random
import string
import time
from collections.abc import Callable

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from courses.people.passwords import password_problem

PASSWORD = "nine copper windmills hum softly"
COMMONEST = list(FREQUENCY_LISTS["passwords"])[:10_000]
LEET = str.maketrans("aeiostl", "4310$7|")
#: ways to make twelve characters of a word that everybody tries
FORMS: dict[str, Callable[[str], str]] = {
    "again and again": lambda word: word * (1 + 12 // len(word)),
    "leet and digits": lambda word: (word.translate(LEET) + "123456789012")[: max(12, len(word))],
    "capital, mark and year": lambda word: (word if len(word) < 6 else "") + word.capitalize() + "@2026!!",
    "behind another": lambda word: f"{COMMONEST[len(word) * 7]}_{word}_5201314",
}


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Use at least 12 characters."),
        ("eleven char", "Use at least 12 characters."),
        ("x" * 129, "Use at most 128 characters."),
        ("passwordpassword", "This password is easy to guess."),
        ("123456789012", "This password is easy to guess."),
        ("qwertyuiopasdf", "This password is easy to guess."),
        ("alice@example.org", "This password is easy to guess."),
        ("aaaaaaaaaaaaaaaa", "This password is easy to guess."),
        ("lessonlinklessonlink", "This password is easy to guess."),
        ("abcd1234efgh5678", "This password is easy to guess. Try four or five words that do not belong together."),
        ("5201314woaini1314", "This password is easy to guess."),
        ("Wo4in1!520!1314", "This password is easy to guess."),
        ("P@ssw0rd!Qwerty#2026", "This password is easy to guess."),
        ("zhangwei19900101!", "This password is easy to guess."),
        ("1qaz2wsx3edc4rfv", "This password is easy to guess."),
        ("correct horse battery", "This password is easy to guess."),
        ("alice&qwerty&2026", "This password is easy to guess."),
        ("abcdefghijklmnop" * 8, "This password is easy to guess."),
    ],
)
def test_guessable_passwords_are_refused(password: str, words: str) -> None:
    assert str(password_problem(password, ["Alice", "alice@example.org"])).startswith(words)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "violet tractor beneath morning",
        "x9!Kq2#vTz7$",
        "春天的早餐地图与夜市的十种声音",
        "é" * 3 + PASSWORD,
        PASSWORD * 4,
        "correct horse battery staple",
        "correcthorsebatterystaple",
        "abcdefgh Tz7$ 2026 mP4!q",
    ],
)
def test_long_passwords_of_any_kind_are_taken(password: str) -> None:
    assert password_problem(password, ["Alice", "alice@example.org"]) is None


@pytest.mark.parametrize("form", FORMS)
def test_every_common_password_is_refused_in_the_forms_that_people_give_it(form: str) -> None:
    """Each fiftieth of the ten thousand commonest; the whole list takes minutes."""
    written = [FORMS[form](word) for word in COMMONEST[::50]]
    assert min(map(len, written)) >= 12
    assert [password for password in written if password_problem(password, []) is None] == []


def test_passwords_that_nobody_tries_are_taken() -> None:
    """Of a password manager, and of four words drawn by lot. One in a thousand holds three words by chance."""
    lot = random.Random(20_26)
    words = [word for word in FREQUENCY_LISTS["english_wikipedia"][:8_000] if len(word) > 3 and word.isalpha()]
    drawn = [" ".join(lot.choices(words, k=4)) for _ in range(100)]
    drawn += ["".join(lot.choices(string.ascii_letters + string.digits + "!@#$%^&*-_", k=14)) for _ in range(100)]
    assert [password for password in drawn if password_problem(password, ["Alice", "alice@example.org"])] == []


@pytest.mark.parametrize(
    "password",
    [
        ("4@8({[<369&#!1/|0$5+7%2" * 6)[:128],  # zxcvbn alone: 12 seconds for its first 72 characters
        "4836910572" * 12,
        "a" * 128,
        "ab1" * 42,
        "\N{FULLWIDTH DIGIT ONE}" * 128,
        "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 128,  # 18 characters each, once they are taken apart
    ],
)
def test_password_is_judged_in_a_moment_whatever_it_is(password: str) -> None:
    password_problem(PASSWORD, [])  # the lists are read at the first time
    began = time.process_time()
    password_problem(password, ["x" * 100, "y" * 64 + "@example.org"])
    assert time.process_time() - began < 1.5
