"""Modules of the product that are played by one of this folder, because what they speak to is not here."""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from types import ModuleType

PLAYED = {
    "stargate.adapters.assumptions": "assumed.py",
    "stargate.adapters.gateway.gateway_watch": "twin_watch.py",
}


class StandIns(importlib.abc.MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the finder's interface
        target: ModuleType | None = None,  # noqa: ARG002 - the same
    ) -> importlib.machinery.ModuleSpec | None:
        played = PLAYED.get(fullname)
        if played is None:
            return None
        folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - imports next to nothing
        return importlib.util.spec_from_file_location(fullname, os.path.join(folder, played))  # noqa: PTH118


def install() -> None:
    sys.meta_path.insert(0, StandIns())
