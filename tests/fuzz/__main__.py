"""Broken input for every reader, form and route, until the time is over: python -m tests.fuzz --minutes 5."""

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.fuzz.findings import Findings, given
from tests.fuzz.parsers import READERS
from tests.fuzz.reading import read_for, tried

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("readers", "forms", "api")
#: begins what is told of requests that are counted elsewhere
NOTE = "  "


def main() -> None:
    """Says what was sent and what was found; exits with 1 where anything was."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="for all kinds together (5)")
    parser.add_argument("--kinds", default=",".join(KINDS), help=f"some of {', '.join(KINDS)}")
    parser.add_argument("--readers", default=",".join(READERS), help="some of the readers")
    parser.add_argument("--seed", default="1", help="the same seed makes the same inputs (1)")
    parser.add_argument(
        "--findings", type=Path, default=ROOT / "var" / "fuzz", help="where they are written (var/fuzz)"
    )
    parser.add_argument("--replay", type=Path, help="a finding of a reader, to be read again")
    options = parser.parse_args()
    if options.replay:
        return _replay(options.replay)
    findings, counts = Findings(options.findings), Counter[str]()
    kinds = options.kinds.split(",")
    seconds = options.minutes * 60 / len(kinds)
    began = time.monotonic()
    for kind in kinds:
        if kind == "readers":
            read_for(seconds, options.seed, findings, counts, options.readers.split(","))
        elif kind == "forms":
            from tests.fuzz.forms import send_for

            send_for(seconds, options.seed, findings, counts)
        else:
            from tests.fuzz.api import call_for

            call_for(seconds, options.seed, findings, counts)
    for name, count in sorted(counts.items()):
        print(f"{name:36}{count:12,}")
    sent = sum(count for name, count in counts.items() if not name.startswith(NOTE))
    print(f"{sent:,} inputs and requests in {time.monotonic() - began:.0f} s, findings: {dict(findings.count)}")
    if findings.count:
        sys.exit(1)


def _replay(file: Path) -> None:
    name = json.loads(file.read_text(encoding="utf-8"))["kind"]
    try:
        fault = tried(READERS[name].read, given(file))
    except Exception:
        traceback.print_exc()
    else:
        print(fault or "nothing went wrong this time")


if __name__ == "__main__":
    main()
