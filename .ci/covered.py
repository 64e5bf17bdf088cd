"""What the tests reached: the few files that must be whole, and with --all the total and those that are reached least."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import NoDataError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "coverage"
LOWEST = 10
#: every branch of them: what is wrong here is a stranger's way in, or a report lost or booked to the wrong person
WHOLE = (
    "courses/tokens.py",
    "courses/events/journal.py",
    "courses/events/ladder.py",
    "courses/people/access.py",
    "courses/people/one_use_links.py",
    "portal/media/addresses.py",
    "portal/platforms/douyin/signature.py",
    "portal/platforms/xiaohongshu/signature.py",
)
#: the tests that are about them. Measured, tests take half as long again, so that CI does it with these alone.
TESTS = (
    "tests/courses/events",
    "tests/courses/people",
    "tests/courses/test_tokens.py",
    "tests/portal/media",
    "tests/portal/platforms",
)


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 where a file that must be whole is not, a test failed, or nothing was measured."""
    everything = "--all" in arguments
    failed = 0 if everything else _run()
    coverage = Coverage(data_file=str(FOLDER / "data"), config_file=str(ROOT / "pyproject.toml"))
    try:
        coverage.combine()
        coverage.json_report(outfile=str(FOLDER / "report.json"))
    except NoDataError:
        print("Coverage: nothing was measured. Run: make test COVERAGE=1")
        return 1
    report = json.loads((FOLDER / "report.json").read_text())
    reached = {name: file["summary"]["percent_covered"] for name, file in report["files"].items()}
    if everything:
        total = report["totals"]["percent_covered"]
        print(f"Coverage, lines and branches: {total:.1f} % of {len(reached)} files. Lowest:")
        for name in sorted(reached, key=lambda name: (reached[name], name))[:LOWEST]:
            print(f"  {reached[name]:5.1f} %  {name}")
    broken = [name for name in WHOLE if reached.get(name, 0) < 100]
    for name in broken:
        missing = report["files"].get(name, {})
        print(
            f"Must be 100 %: {name}: lines {missing.get('missing_lines')}, branches {missing.get('missing_branches')}"
        )
    if not broken:
        print(f"Coverage: every line and branch of the {len(WHOLE)} files that must be whole.")
    return bool(broken or failed)


def _run() -> int:
    """Run TESTS, measured; files that coverage keeps are this account's alone, as a test looks for others."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.umask(0o077)
    measured = {"COVERAGE_FILE": str(FOLDER / "data"), "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml")}
    tests = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", *TESTS]
    done = subprocess.run(tests, cwd=ROOT, env=os.environ | measured, check=False)  # noqa: S603 -- ours, all of it
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
