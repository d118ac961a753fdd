"""Each function's and layer's archive is unpacked once, not once for each process.

MiniStack unpacks all of a function's layers anew for each process it starts, in the server's own process:
seconds of its time for each cold start. Here equal archives share one folder, read-only in spirit as on
AWS, and with it the bytecode that the first process leaves there.
"""

import hashlib
import os
import shutil
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Self

from ministack.core import lambda_runtime


def install(scratch: Path) -> None:
    folder = scratch / "unpacked"
    folder.mkdir(exist_ok=True)
    lock = threading.Lock()

    class SharedArchive:
        """What MiniStack uses of zipfile.ZipFile, unpacking into a link to the shared folder."""

        def __init__(self, path: str) -> None:
            self._path = path
            self._shared = folder / hashlib.sha256(Path(path).read_bytes()).hexdigest()

        def __enter__(self) -> Self:
            return self

        def __exit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            trace: TracebackType | None,
        ) -> None:
            return None

        def namelist(self) -> list[str]:
            """List nothing once the names were found harmless: MiniStack checks each for where it leads."""
            if self._shared.exists():
                return []
            with zipfile.ZipFile(self._path) as archive:
                return archive.namelist()

        def extractall(self, target: str) -> None:
            with lock:
                if not self._shared.exists():
                    self._unpack()
            Path(target).rmdir()
            Path(target).symlink_to(self._shared)

        def _unpack(self) -> None:
            partial = self._shared.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            with zipfile.ZipFile(self._path) as archive:
                archive.extractall(partial)
            os.replace(partial, self._shared)  # noqa: PTH105 - the atomic one

    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedArchive, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )
