"""The gateway's templates of this checkout, as they would be published: for verbs that need no cloud."""

from pathlib import Path

from cli.failure import FailedError
from stargate.domain.gateway.manifest import Manifest

GATEWAY = Path(__file__).resolve().parents[1] / "gateway"


def manifest() -> Manifest:
    """FailedError where the command was installed without the project around it."""
    if not (GATEWAY / "stacks").is_dir():
        raise FailedError(f"no templates in {GATEWAY}: run the command from a checkout of Stargate")
    from gateway.build_manifest import build_manifest  # noqa: PLC0415  (outside a checkout there is none)

    return Manifest.from_document(build_manifest(GATEWAY))
