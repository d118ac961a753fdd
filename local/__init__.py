"""The local cloud: MiniStack plus what it lacks. Nothing in functions/ or layers/ knows that it exists."""

import sys
from pathlib import Path

_CORE_LAYER = str(Path(__file__).parent.parent / "layers" / "core")
if _CORE_LAYER not in sys.path:
    # Typical durations and the graph of the stacks are the domain's.
    sys.path.append(_CORE_LAYER)
