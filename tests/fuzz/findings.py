"""What was found, a file each: enough to do it again."""

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

#: of one place in the code as many are written down; all are counted
OF_A_PLACE = 3


class Findings:
    """Files in `folder`; `count` has how many there were, by kind and what went wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count, self.places = folder, Counter[str](), Counter[str]()

    def add(self, kind: str, what: str, place: str, **more: Any) -> None:
        """`what` is "error", "crash", "hang", "memory" or a status; `place` tells faults of one origin from others."""
        self.count[f"{kind}: {what}"] += 1
        self.places[f"{kind} {what} {place}"] += 1
        if self.places[f"{kind} {what} {place}"] > OF_A_PLACE:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        number = len(list(self.folder.glob("finding-*.json"))) + 1
        written = {"kind": kind, "what": what, "place": place} | {key: _plain(value) for key, value in more.items()}
        file = self.folder / f"finding-{number:03}.json"
        file.write_text(json.dumps(written, indent=2, ensure_ascii=False), encoding="utf-8")
        print(f"{kind}: {what} at {place}: {file}", flush=True)


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def given(file: Path) -> bytes:
    """The input of a finding."""
    return base64.b64decode(json.loads(file.read_text(encoding="utf-8"))["input"]["base64"])
