"""Workbooks whose XML names files, addresses and entities that grow: refused at once, and nothing of it is read."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
SEED = "Ann Other"
LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = {
    "file": ('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;"),
    "address": ('<!ENTITY e SYSTEM "http://127.0.0.1:9/x">', "&e;"),
    "parameter": ('<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', "x"),
    "laughs": (LAUGHS, "&a9;"),
    "many": (f'<!ENTITY e "{"x" * 50_000}">', "&e;" * 2_000),
}
#: reads a workbook in a process of its own: what it said, and the megabytes that reading added
READ = """
import resource, sys
from courses.errors import Invalid
from courses.students.spreadsheets import read_spreadsheet
good, bad = (open(path, "rb").read() for path in sys.argv[1:])
print(read_spreadsheet(good)[0].rows[1][1][1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    said = read_spreadsheet(bad)
except Invalid as error:
    said = str(error.fields["roster"])
print(said)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def workbook(declared: str = "", name: str = SEED) -> bytes:
    book, plain, file = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for row in (("number", "name"), ("1", SEED)):
        book.active.append(row)
    book.save(plain)
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in given.namelist():
            text = given.read(part).decode()
            if SEED in text and declared:
                head = re.match(r"<\?xml[^>]*\?>|", text)[0]
                text = f"{head}<!DOCTYPE x [{declared}]>{text.removeprefix(head).replace(SEED, name)}"
            archive.writestr(part, text)
    return file.getvalue()


@pytest.mark.parametrize("kind", ENTITIES)
def test_workbook_with_entities_is_refused_and_grows_nothing(kind: str, tmp_path: Path) -> None:
    """Without defusedxml the laughs took 180 MB until expat gave up."""
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(workbook())
    bad.write_bytes(workbook(*ENTITIES[kind]))
    done = subprocess.run([sys.executable, "-c", READ, good, bad], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    name, said, grown = done.stdout.splitlines()
    assert name == SEED
    assert said.startswith("This spreadsheet cannot be read.")
    assert int(grown) < 30


def test_guard_of_the_reader_is_there_in_service_too() -> None:
    """openpyxl reads through defusedxml only where it is installed."""
    assert re.search(r"^defusedxml==", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    assert openpyxl.DEFUSEDXML
