"""Which server carries the portal: uvicorn or granian, under the same load in one run.

.venv/bin/python bench/servers.py [--rounds 3]
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from pathlib import Path

from scan import portal, rate

GRANIAN = [
    str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "--factory", "--port", "{port}", "--loop", "uvloop",
    "--http", "1", "--no-ws", "--log-level", "warning", "--backlog", "4096", "portal.app:from_environment",
]  # fmt: skip
SERVERS = {"uvicorn": None, "granian": GRANIAN}


def main() -> None:
    """Print the table: medians over the rounds, and granian's ratio to uvicorn."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    rounds = options.parse_args().rounds
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}, one process, 64 connections, 4 s a figure")
    results: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for server, command in SERVERS.items():
            with tempfile.TemporaryDirectory() as folder, portal(Path(folder), 1, command) as place:
                for kind in ("page", "event"):
                    answers = asyncio.run(rate(place, place.port, 64, 4.0, kind))
                    results.setdefault((server, kind), []).append(answers)
    print(f"{'':10}{'uvicorn /s':>12}{'granian /s':>12}{'ratio':>8}")
    for kind in ("page", "event"):
        one, other = (statistics.median(results[server, kind]) for server in SERVERS)
        print(f"{kind:10}{one:12.0f}{other:12.0f}{other / one:8.2f}")


if __name__ == "__main__":
    main()
