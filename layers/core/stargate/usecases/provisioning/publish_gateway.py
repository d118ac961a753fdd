"""Publish the gateway's templates and configuration under the hash of their content."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from stargate.ports.provisioning import Shelf

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class PublishGateway:
    shelf: Shelf

    def __call__(self, directory: Traversable) -> str:
        """The version published. The manifest goes last: where it is, everything else is too."""
        content = (directory / MANIFEST).read_bytes()
        manifest = json.loads(content)
        prefix = f"gateway/{manifest['version']}"
        for path in manifest["files"]:
            self.shelf.put(f"{prefix}/{path}", (directory / path).read_bytes())
        self.shelf.put(f"{prefix}/{MANIFEST}", content)
        return str(manifest["version"])
