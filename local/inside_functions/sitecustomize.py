"""Python imports this by itself in each Lambda process: the launcher puts this folder on their PYTHONPATH.

The function lives in the local cloud's time and finds its layers under /opt, without knowing. Signatures stay
valid because the local cloud accepts the request time of either clock (local/schedules.py). The time that a
function has left is told in simulated time as well, so that what it compares it with agrees; the limit itself is
enforced from outside, in real seconds.
"""

import importlib.util
import os
from types import ModuleType

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib must not be loaded yet


def _load(name: str, path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_clock_module = _load("_stargate_clock", os.path.join(_HERE, "..", "clock.py"))  # noqa: PTH118
if _clock_module.EPOCH_VARIABLE in os.environ:
    _clock = _clock_module.Clock.from_environment()
    _clock.install()
    if "_LAMBDA_TIMEOUT" in os.environ:
        os.environ["_LAMBDA_TIMEOUT"] = str(float(os.environ["_LAMBDA_TIMEOUT"]) * _clock.scale)

_folders = [folder for folder in os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep) if folder]
if _folders:
    _load("_stargate_layers", os.path.join(_HERE, "layers.py")).install(_folders)  # noqa: PTH118
