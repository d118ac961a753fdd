"""Python imports this by itself in each Lambda process: the launcher puts this folder on their PYTHONPATH.

The function lives in the local cloud's time without knowing. Signatures stay valid because the local cloud
accepts the request time of either clock (local/schedules.py). The time that a function has left is told in
simulated time as well, so that what it compares it with agrees; the limit itself is enforced from outside, in
real seconds.
"""

import importlib
import importlib.util
import os

_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clock.py")  # noqa: PTH100, PTH118, PTH120
_spec = importlib.util.spec_from_file_location("_stargate_clock", _PATH)
if _spec is None or _spec.loader is None:
    raise ImportError(f"{_PATH} is missing")
_clock_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_clock_module)

if _clock_module.EPOCH_VARIABLE in os.environ:
    _clock = _clock_module.Clock.from_environment()
    _clock.install()
    importlib.import_module("outward").install()
    importlib.import_module("stand_ins").install()
    importlib.import_module("inward").install()
    if "_LAMBDA_TIMEOUT" in os.environ:
        os.environ["_LAMBDA_TIMEOUT"] = str(float(os.environ["_LAMBDA_TIMEOUT"]) * _clock.scale)
