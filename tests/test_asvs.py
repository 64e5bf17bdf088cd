"""docs/security.md has every requirement of ASVS 5.0.0 at levels 1 and 2 once, and names code and tests that are there."""

import re
from collections import Counter
from pathlib import Path

import pytest

from courses.exchange.reading import found, zip_files
from courses.lessons.trash import TRASH_LIFE
from courses.media import formats, uploads, videos
from courses.people import accounts, passwords, sessions
from courses.students import reading, spreadsheets
from courses.tables.courses import Course
from portal.pages.account import _again, second_step, sign_in
from portal.student import pin_tries, quotas, refused_scans
from portal.web.connections import Connection
from portal.workers import places, pool

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
#: the requirements by section; * are level 1, the others level 2. From the standard's own list, version 5.0.0
REQUIREMENTS = """
1.1: 1 2 | 1.2: 1* 2* 3* 4* 5* 6 7 8 9 | 1.3: 1* 2* 3 4 5 6 7 8 9 10 11 | 1.4: 1 2 3 | 1.5: 1* 2 | 2.1: 1* 2 3 |
2.2: 1* 2* 3 | 2.3: 1* 2 3 4 | 2.4: 1 | 3.2: 1* 2* | 3.3: 1* 2 3 4 | 3.4: 1* 2* 3 4 5 6 | 3.5: 1* 2* 3* 4 5 |
3.7: 1 2 | 4.1: 1* 2 3 | 4.2: 1 | 4.3: 1 2 | 4.4: 1* 2 3 4 | 5.1: 1 | 5.2: 1* 2* 3 | 5.3: 1* 2* | 5.4: 1 2 3 |
6.1: 1* 2 3 | 6.2: 1* 2* 3* 4* 5* 6* 7* 8* 9 10 11 12 | 6.3: 1* 2* 3 4 | 6.4: 1* 2* 3 4 | 6.5: 1 2 3 4 5 | 6.6:
1 2 3 | 6.8: 1 2 3 4 | 7.1: 1 2 3 | 7.2: 1* 2* 3* 4* | 7.3: 1 2 | 7.4: 1* 2* 3 4 5 | 7.5: 1 2 | 7.6: 1 2 | 8.1:
1* 2 | 8.2: 1* 2* 3 | 8.3: 1* | 8.4: 1 | 9.1: 1* 2* 3* | 9.2: 1* 2 3 4 | 10.1: 1 2 | 10.2: 1 2 | 10.3: 1 2 3 4 |
10.4: 1* 2* 3* 4* 5* 6 7 8 9 10 11 | 10.5: 1 2 3 4 5 | 10.6: 1 2 | 10.7: 1 2 3 | 11.1: 1 2 | 11.2: 1 2 3 | 11.3:
1* 2* 3 | 11.4: 1* 2 3 4 | 11.5: 1 | 11.6: 1 | 12.1: 1* 2 3 | 12.2: 1* 2* | 12.3: 1 2 3 4 | 13.1: 1 | 13.2: 1 2
3 4 5 | 13.3: 1 2 | 13.4: 1* 2 3 4 5 | 14.1: 1 2 | 14.2: 1* 2 3 4 | 14.3: 1* 2 3 | 15.1: 1* 2 3 | 15.2: 1* 2 3 |
15.3: 1* 2 3 4 5 6 7 | 16.1: 1 | 16.2: 1 2 3 4 5 | 16.3: 1 2 3 4 | 16.4: 1 2 3 | 16.5: 1 2 3 | 17.1: 1 | 17.2: 1
2 3 4 | 17.3: 1 2
"""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", flags=re.MULTILINE)
KINDS = {
    "**in part**: ": "held in part", "**not held**: ": "not held", "*operator*: ": "the operator's",
    "*does not apply*: ": "do not apply", "": "held",
}  # fmt: skip
TESTS = {name for file in (ROOT / "tests").rglob("*.py") for name in re.findall(r"def (test_\w+)", file.read_text())}


def wanted() -> dict[str, str]:
    """The level of each requirement."""
    found = {}
    for section in REQUIREMENTS.replace("\n", " ").split("|"):
        name, _, numbers = section.strip().partition(": ")
        for number in numbers.split():
            found[f"{name}.{number.rstrip('*')}"] = "1" if number.endswith("*") else "2"
    return found


def rows() -> list[tuple[str, str, str, str, list[str]]]:
    """Number, level, kind, what stands there, tests."""
    found = []
    for number, level, _, held, shown in ROW.findall(DOCUMENT):
        start = next(start for start in KINDS if held.startswith(start))
        found.append((number, level, KINDS[start], held.removeprefix(start), re.findall(r"`(\w+)`", shown)))
    return found


def test_every_requirement_stands_in_the_table_once_with_its_level() -> None:
    assert Counter(number for number, *_ in rows()) == Counter(wanted().keys())
    assert {number: level for number, level, *_ in rows()} == wanted()
    assert Counter(wanted().values()) == {"1": 70, "2": 183}


def test_no_line_of_the_table_is_left_unread() -> None:
    lines = re.findall(r"^\| *\d+\.\d+.*$", DOCUMENT, flags=re.MULTILINE)
    assert len(lines) == len(rows())


def test_counts_are_those_of_the_table() -> None:
    counts = Counter(kind for _, _, kind, *_ in rows())
    said = ", ".join(
        f"{counts[kind]} {kind}" for kind in ("held", "held in part", "not held", "the operator's", "do not apply")
    )
    assert f"{len(rows())} requirements: {said}." in DOCUMENT


@pytest.mark.parametrize(("number", "kind", "held", "tests"), [(row[0], *row[2:]) for row in rows()])
def test_requirement_names_code_and_tests_that_are_there(number: str, kind: str, held: str, tests: list[str]) -> None:
    assert len(held.strip()) > 5
    assert bool(tests) == (kind in ("held", "held in part")), "what is held is shown; what is not held is not"
    assert set(tests) <= TESTS
    paths = re.findall(r"`([\w.]+(?:/[\w.]*)+|[A-Z]+\.md)`", held)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_document_says_what_the_standard_wants_written_down() -> None:
    """ASVS asks for the decisions themselves to be documented; figures of theirs are compared below."""
    sections = dict(re.findall(r"^## ([^\n]+)\n\n(.+?)(?=^## )", DOCUMENT, flags=re.MULTILINE | re.DOTALL))
    for name, words in {
        "Ways in": ("password", "one-use link", "API key", "share link", "PIN"),
        "Sessions": ("NIST SP 800-63B", "any number of sessions"),
        "Passwords": ('name, the address and its parts, and "lessonlink"',),
        "Heavy work": ("worker processes", "`Retry-After`"),
        "Data": (
            "secret",
            "personal",
            "internal",
            "public",
            f"{Course.retention_days._meta.params['default']} days after",
        ),
        "Who is called": ("short links", "webhooks", "stolen passwords", "object store"),
        "Cryptography": ("Argon2id", "HMAC-SHA256", "SHA-256", "MD5 and SHA-1"),
        "Keys": ("`PORTAL_SECRET_KEYS`", "drop the old one"),
        "Logs": ("`PORTAL_SECURITY_LOG`", "standard error", "no access log"),
        "Libraries": ("within 7 days", "every 90 days", "`make sbom`"),
    }.items():
        assert [word for word in words if word not in sections[name].replace("\n", " ")] == [], name
    assert f"{TRASH_LIFE.days} days in the trash" in sections["Data"]


def test_limits_of_the_document_are_those_of_the_code() -> None:
    minutes = int(sign_in.WINDOW.total_seconds() // 60)
    unpacked = spreadsheets.UNPACKED_MAX >> 20
    for said in (
        f"an invitation ({accounts.INVITATION_LIFE.days} days)",
        f"a sign-in link ({accounts.SIGN_IN_LINK_LIFE.seconds // 3600} hours)",
        f"after {sessions.IDLE.seconds // 3600} hours without use and after {sessions.ABSOLUTE.days} days",
        f"{passwords.PASSWORD_MIN} to {passwords.PASSWORD_MAX} characters",
        f"up to {['none', 'one', 'two', 'three'][passwords.WORDS_NEEDED - 1]} of\n30,000",
        f"for one account from one network | {sign_in.ACCOUNT_LIMIT} in {minutes} minutes",
        f"passwords from one network | {sign_in.NETWORK_LIMIT} in {minutes} minutes",
        f"by who is signed in | {_again.LIMIT} in {int(_again.WINDOW.total_seconds() // 60)} minutes",
        f"second factor for one account | {second_step.LIMIT} in {minutes} minutes, {second_step.DAY_LIMIT} in a day",
        f"of one student by one phone | {pin_tries.PHONE_LIMIT} in {int(pin_tries.WINDOW.total_seconds() // 60)} minutes",
        f"PINs by one phone | {pin_tries.SHARED_PHONE_LIMIT} in",
        f"PINs from one network | {pin_tries.NETWORK_LIMIT} in",
        f"until an instructor unlocks it | {pin_tries.STUDENT_LIMIT} in a day",
        f"of one phone that is nobody's yet | {quotas.STUDENT_LIMIT} an hour",
        f"reports of one network | {quotas.NETWORK_LIMIT:,} an hour",
        f"kept of one phone | {refused_scans.DEVICE_LIMIT} a minute",
        f"{Connection.HEAD_BYTES >> 10} KB, {Connection.HEADERS} headers, {Connection.HEAD_SECONDS:.0f} seconds",
        f"{Connection.BODY_BYTES >> 10} KB in each {Connection.BODY_SECONDS:.0f} seconds",
        f"{uploads.OPEN_MAX}, {uploads.OPEN_BYTES_MAX // 1_000_000:,} MB together",
        f"{formats.BYTES_MAX // 1_000_000} MB, {formats.PIXELS_MAX // 1_000_000} million pixels",
        f"{videos.BYTES_MAX // 1_000_000} MB, {videos.SECONDS_MAX // 60} minutes, {videos.SIDE_MAX:,} pixels a side",
        f"{zip_files.TOTAL_MAX // 1_000_000:,} MB packed and unpacked, {zip_files.ENTRIES_MAX:,} files",
        f"{found.LESSONS_MAX:,} lessons",
        f"{reading.ENTRIES_MAX:,} students; XLSX unpacked {unpacked} MB",
        f"{pool.WORKERS} worker processes",
        f"{pool.MEMORY >> 30} GB of\naddress space and {pool.SECONDS} seconds",
        f"{places.WAITING} pieces of one person may wait",
    ):
        assert said in DOCUMENT
