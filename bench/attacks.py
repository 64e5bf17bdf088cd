"""A class of phones while the portal is attacked: `portal serve` on SQLite, calm and under each attack in one run.

.venv/bin/python bench/attacks.py [--phones 500] [--seconds 10] [--workers 1] [--only KIND …]
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from attacks_kinds import KINDS, Target  # noqa: E402 - it needs the path
from load import Phone, Tally, timed  # noqa: E402
from scan import Place, event, portal  # noqa: E402

from courses.tokens import Keyring, read_public_id, share_token  # noqa: E402

#: seconds that an attack is under way before the class begins
LEAD = 3
#: what a phone waited for, and how long the server's loop worked meanwhile, whatever else goes on on the machine
COLUMNS = ("page", "page, loop", "event", "event, loop")
ATTACKER = (
    "import asyncio; from courses.database import *; from courses.people.accounts import add_person\n"
    "from courses.people.sessions import *; from courses.catalogue.courses import create_course\n"
    "async def main():\n"
    "    await open_database(); mallory = await add_person('mallory@example.org', 'Mallory')\n"
    "    print(await open_session(mallory), await create_course(mallory, 'Mallory'))\n"
    "asyncio.run(main())"
)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--phones", type=int, default=500)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--only", nargs="*", default=list(KINDS), choices=list(KINDS))
    given = options.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}, {given.workers} app process(es)")
    print(
        f"{given.phones} phones in {given.seconds:g} s; p95 in ms, and as a ratio to calm; after each attack a process that"
    )
    print("works as much as the attacker did and sends nothing")
    print(
        f"{'':18}{''.join(f'{name:>12}{chr(32) * 7}' for name in COLUMNS)}{'errors':>8}{'peak MB':>9}{'MB on disk':>11}"
        "  what the attacker took, and was answered"
    )

    def measured(kind: str, share: float = 0.0) -> float:
        with (
            tempfile.TemporaryDirectory() as folder,
            portal(Path(folder), given.workers, students=given.phones) as place,
        ):
            return asyncio.run(line(place, kind, share, given.phones, given.seconds))

    measured("calm")
    for kind in given.only:
        if share := measured(kind):
            measured("  beside", share)


calm: dict[str, float] = {}


async def line(place: Place, kind: str, share: float, phones: int, seconds: float) -> float:
    """The class, once beside an attack, or beside a process that takes a share of a processor; the attacker's share."""
    server, disk = server_of(place.port), size(place.database.parent)
    other = begin(place, kind) if kind in KINDS else start("beside", f"{share}") if share else None
    await asyncio.sleep(LEAD)
    tally = await lecture(place, server, phones, seconds)
    told: dict[str, Any] = json.loads(other.communicate()[0]) if other else {"answers": {}, "seconds": 1, "share": 0}
    cells = ""
    for what in COLUMNS:
        p95 = tally.percentiles(what)[1]
        calm.setdefault(what, p95)
        cells += f"{p95:12.1f}{p95 / calm[what]:6.2f}×"
    came = f"{told['share']:.2f} of a processor; " if other else ""
    came += ", ".join(f"{count / told['seconds']:.0f}/s {answer}" for answer, count in sorted(told["answers"].items()))
    grown = (size(place.database.parent) - disk) / 2**20
    print(f"{kind:18}{cells}{len(tally.errors):8}{peak(server):9.0f}{grown:11.1f}  {came}", flush=True)
    for error in sorted(set(tally.errors)):
        print(f"    {tally.errors.count(error)} × {error}")
    return float(told["share"])


async def lecture(place: Place, server: int, phones: int, seconds: float) -> Tally:
    """Each phone: its page and three events, of which one is a repeat, at a random moment."""
    tally = Tally()

    async def asked(phone: Phone, kind: str, method: str, path: str, body: object = None) -> None:
        before = worked(server)
        await timed(tally, kind, phone, method, path, body)
        tally.add(f"{kind}, loop", worked(server) - before)

    async def student(number: int) -> None:
        await asyncio.sleep(random.uniform(0, seconds))
        phone = Phone("127.0.0.1", place.port, place.cookies[number])
        await asked(phone, "page", "GET", f"/l/{place.public_id}")
        scan, preview = event("scan"), event("preview")
        for body in (scan, preview, scan):
            await asked(phone, "event", "POST", "/api/events", {"events": [body]})
        await phone.close()

    await asyncio.gather(*(student(number) for number in range(phones)))
    return tally


def begin(place: Place, kind: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{place.database}"}
    session, course = subprocess.run(
        [sys.executable, "-c", ATTACKER], env=environment, check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    token = share_token(Keyring.parse(f"1:{'42' * 32}"), read_public_id(place.public_id), None)
    target = Target(place.port, token, place.public_id, session, course)
    return start(kind, json.dumps(asdict(target)), environment)


def start(kind: str, given: str, environment: Mapping[str, str] = os.environ) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, str(ROOT / "bench" / "attacks_kinds.py"), kind, given],
        env={**environment, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def server_of(port: int) -> int:
    """The process that was started with this port."""
    return next(
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if f"--port\0{port}\0".encode() in path.read_bytes()
    )


def worked(server: int) -> float:
    """Seconds of processor that its main thread, which is the loop's, has had; by the kernel's account."""
    return int(Path(f"/proc/{server}/task/{server}/schedstat").read_text().split()[0]) / 1e9


def peak(server: int) -> float:
    """The most memory that the server ever had, in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{server}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
