"""Lines of this process for the operator's journal, on standard error: time in UTC, level, name, words."""

import logging
import time

#: libraries that tell each call
CHATTY = ("httpx", "piccolo")


def write_log() -> None:
    """Once in each process of the server: one that the server starts has nothing of the configuration of the first."""
    lines = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    lines.converter = time.gmtime
    errors = logging.StreamHandler()
    errors.setFormatter(lines)
    logging.basicConfig(level=logging.INFO, handlers=[errors])
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
