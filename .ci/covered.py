"""What the tests reached, as coverage saw it: the total, the ten files that are reached least, and the few that must be whole."""

import json
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


def main() -> int:
    """Prints the figures; 1 where a file that must be whole is not, or nothing was measured."""
    coverage = Coverage(data_file=str(FOLDER / "data"), config_file=str(ROOT / "pyproject.toml"))
    try:
        coverage.combine()
        coverage.json_report(outfile=str(FOLDER / "report.json"))
    except NoDataError:
        print("Coverage: nothing was measured. Run: make test COVERAGE=1")
        return 1
    report = json.loads((FOLDER / "report.json").read_text())
    reached = {name: file["summary"]["percent_covered"] for name, file in report["files"].items()}
    print(f"Coverage, lines and branches: {report['totals']['percent_covered']:.1f} % of {len(reached)} files. Lowest:")
    for name in sorted(reached, key=lambda name: (reached[name], name))[:LOWEST]:
        print(f"  {reached[name]:5.1f} %  {name}")
    broken = [name for name in WHOLE if reached.get(name, 0) < 100]
    for name in broken:
        missing = report["files"].get(name, {})
        print(
            f"Must be 100 %: {name}: lines {missing.get('missing_lines')}, branches {missing.get('missing_branches')}"
        )
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
