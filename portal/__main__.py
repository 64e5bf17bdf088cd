"""The `portal` command."""

import argparse
import asyncio
import atexit
import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from courses.private_files import keep_to_owner

Parser = argparse.ArgumentParser


def parser() -> Parser:
    """All commands and their options."""
    top = Parser(prog="portal", description="Lessons as signed links and printable QR sheets.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="start with a demo course, in rehearsal mode")
    _address(demo)
    demo.add_argument("--reset", action="store_true", help="make the demo course anew")
    serve = commands.add_parser("serve", help="start the portal")
    _address(serve)
    serve.add_argument("--workers", type=_positive, default=1, help="application processes (default 1)")
    commands.add_parser("migrate", help="bring the database up to date")
    invite = commands.add_parser("invite", help="print a one-use link that makes or renews an account")
    invite.add_argument("email")
    invite.add_argument("--admin", action="store_true", help="may invite others")
    key = commands.add_parser("api-key", help="make a key of the management API; prints it once")
    key.add_argument("email")
    key.add_argument("--name", required=True, help="what the key is for")
    scopes = "read, write (which reads too), or agent, which speaks for devices only (default write)"
    key.add_argument("--scope", choices=("read", "write", "agent"), default="write", help=scopes)
    key.add_argument("--days", type=_positive, help="how long it is good (default without end)")
    off = commands.add_parser("second-factor-off", help="take a second factor that is lost off somebody")
    off.add_argument("email")
    sheet = commands.add_parser("sheet", help="write a course's QR sheet as PDF")
    sheet.add_argument("course", help="the course's id or title")
    sheet.add_argument("--layout", required=True, help="a4-24 or a4-poster")
    sheet.add_argument("--out", required=True, type=Path, help="the PDF file")
    sheet.add_argument("--personal", action="store_true", help="a slip for each student and lesson")
    refused = sheet.add_mutually_exclusive_group()
    refused.add_argument("--only-publishable", action="store_true", help="leave out what a platform would refuse")
    refused.add_argument("--unchecked", action="store_true", help="print also what a platform would refuse")
    sheet.add_argument("--language", choices=("zh", "en"), default="zh", help="of the fixed texts (default zh)")
    backup = commands.add_parser("backup", help="write database, media and keys to one file")
    backup.add_argument("file", type=Path)
    restore = commands.add_parser("restore", help="read a backup into an empty portal")
    restore.add_argument("file", type=Path)
    commands.add_parser("sweep", help="take away what is old enough to go; a running portal does so every hour")
    commands.add_parser("doctor", help="check the installation and say what to do")
    return top


def _address(command: Parser) -> None:
    command.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets phones on the same network in")
    command.add_argument("--port", type=_positive, default=8000)


def _positive(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError(text)
    return number


def run() -> None:
    """main() as the whole of this process, which it ends."""
    ended: list[int] = []
    # Registered before any command is imported, so that what commands register is called first.
    atexit.register(_end_at_once, ended)
    ended.append(main())
    sys.exit(ended[0])


def _end_at_once(ended: list[int]) -> None:
    """Leave out the teardown of the interpreter, which kills the process where obstore was used a moment before.

    Its threads hand over a result by calling into Python. A thread that comes back there while the interpreter is torn
    down is ended by CPython with pthread_exit(), which Rust answers with abort(): about every twentieth `portal sweep` under
    load said what it had done and then died of signal 6 (PyO3/pyo3-async-runtimes#40). obstore cannot be told to stop.
    """
    if not ended:
        return  # wrong usage or a traceback: nothing of obstore's is under way, and the status is not ours to say
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # nobody reads any more
            stream.flush()
    os._exit(ended[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0, or a one-line reason on stderr and 1 (2 for wrong usage)."""
    options = parser().parse_args(arguments)
    keep_to_owner()
    try:
        if options.command == "demo":
            from portal.commands.demo import prepare

            prepare(options)
        from portal.settings import Settings

        settings = Settings.from_env()
        os.environ["DATABASE_URL"] = settings.database_url
        result = _command(options.command)(settings, options)
        if asyncio.iscoroutine(result):
            asyncio.run(result)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:
        if os.environ.get("PORTAL_TRACE"):
            raise
        print(f"portal {options.command}: {_one_line(error)}", file=sys.stderr)
        return 1
    return 0


#: where each command lives; imported when it is called, so that a command waits for what it needs only
COMMANDS = {
    "demo": "demo:demo", "serve": "serve:serve", "migrate": "data:migrate", "invite": "people:invite",
    "api-key": "people:api_key", "sheet": "sheet:sheet", "backup": "backup:backup", "restore": "backup:restore",
    "sweep": "data:sweep", "doctor": "doctor:doctor", "second-factor-off": "people:second_factor_off",
}  # fmt: skip


def _command(name: str) -> Callable[..., object]:
    module, _, function = COMMANDS[name].partition(":")
    command: Callable[..., object] = getattr(importlib.import_module(f"portal.commands.{module}"), function)
    return command


def _one_line(error: Exception) -> str:
    fields = getattr(error, "fields", None)
    text = "; ".join(str(message) for message in fields.values()) if fields else str(error)
    return " ".join(text.split()) or type(error).__name__


if __name__ == "__main__":
    run()
