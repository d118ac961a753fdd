"""Show a function its layers under /opt, where it finds them on AWS.

MiniStack unpacks layers into temporary folders and puts those on sys.path; only root could put them under /opt.
So the few calls by which Python looks at files answer for /opt with what lies in the layers.
"""

import builtins
import io
import os
from collections.abc import Callable
from typing import Any

_OPT = "/opt/"


def install(folders: list[str]) -> None:
    """Let paths under /opt mean the last of these folders that has them."""

    def found(path: Any) -> Any:
        name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
        if not isinstance(name, str) or not name.startswith(_OPT):
            return path
        inside = (os.path.join(folder, name.removeprefix(_OPT)) for folder in reversed(folders))  # noqa: PTH118
        return next((real for real in inside if exists(real)), path)

    really_stat = os.stat

    def exists(path: str) -> bool:
        try:
            really_stat(path)
        except OSError:
            return False
        return True

    def translated(call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda path=".", *rest, **named: call(found(path), *rest, **named)

    for name in ("stat", "lstat", "listdir", "scandir", "open"):
        setattr(os, name, translated(getattr(os, name)))
    io.open = builtins.open = translated(builtins.open)  # type: ignore[assignment]
