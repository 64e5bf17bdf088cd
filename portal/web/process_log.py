"""Lines of this process for the operator's journal, on standard error: time in UTC, level, name, words."""

import logging
import time
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from portal.web.request_ids import request_id

#: libraries that tell each call
CHATTY = ("httpx", "piccolo")


class _Lines(logging.Formatter):
    """A line of words, with the id of the request where there is one."""

    converter = staticmethod(time.gmtime)

    def formatMessage(self, record: logging.LogRecord) -> str:
        words = super().formatMessage(record)
        return f"{words} [{request_id.get()}]" if request_id.get() else words


class _Objects(JsonFormatter):
    """The same as an object of JSON: `at`, `level`, `logger`, `message`, and where there is one `request`."""

    converter = staticmethod(time.gmtime)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        if request_id.get():
            log_data["request"] = request_id.get()


FORM, MOMENT = "%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"
NAMES = {"asctime": "at", "levelname": "level", "name": "logger", "exc_info": "trace"}


def write_log(form: str = "lines") -> None:
    """Once in each process of the server: one that the server starts has nothing of the configuration of the first."""
    errors = logging.StreamHandler()
    errors.setFormatter(
        _Objects(FORM, MOMENT, rename_fields=NAMES, json_ensure_ascii=False) if form == "json" else _Lines(FORM, MOMENT)
    )
    logging.basicConfig(level=logging.INFO, handlers=[errors])
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
