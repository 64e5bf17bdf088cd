"""Runs in a worker process: imports a module and says what that loads, each module with the one that brought it."""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType


class Recorder(MetaPathFinder):
    """Finds nothing; notes who asks."""

    def __init__(self) -> None:
        self.brought_by: dict[str, str] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        frame: FrameType | None = sys._getframe(1)
        while frame and frame.f_globals["__name__"].partition(".")[0] == "importlib":
            frame = frame.f_back
        if frame:
            self.brought_by.setdefault(fullname, frame.f_globals["__name__"])
        return None


def loaded(name: str) -> dict[str, str]:
    """All modules of this process once it has imported `name`, with who brought each; "" for those of before."""
    recorder = Recorder()
    sys.meta_path.insert(0, recorder)
    importlib.import_module(name)
    sys.meta_path.remove(recorder)
    return {module: recorder.brought_by.get(module, "") for module in sorted(sys.modules)}
