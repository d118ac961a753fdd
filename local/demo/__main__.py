"""Start the local cloud, tell the story, stop the cloud, say whether every check held."""

import os
import signal
import sys
import time
from types import FrameType

from local.demo import ROOT, connection
from local.demo.report import Report
from local.demo.screen import Screen
from local.demo.story import Story

REPORT = ROOT / "out" / "demo" / "report.json"
TIME_SCALE = float(os.environ.get("STARGATE_TIME_SCALE", "60"))
BUILT = ROOT / ".aws-sam" / "local" / "template.yaml"
SECONDS, SECONDS_AT_FIRST = 400, 500  # the first run also builds, with tools that nobody has used yet


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    screen, report = Screen(), Report()
    if connection.is_up():
        screen.say("A local cloud is up already; the demo starts one of its own. Stop it first: make down")
        return 2
    started, bound = time.monotonic(), SECONDS if BUILT.exists() else SECONDS_AT_FIRST
    try:
        _tell(screen, report)
    except KeyboardInterrupt:
        report.broke("the story reaches its end", "interrupted")
    except Exception as error:  # noqa: BLE001 whatever it was, it is told as a check that broke
        report.broke("the story reaches its end", f"{type(error).__name__}: {error}")
    finally:
        _leave_nothing(screen, report)
    seconds = time.monotonic() - started
    screen.checked(report.at_most("seconds for all of it after set-up", seconds, bound, " s"))
    report.write(REPORT)
    screen.summary(report.checks)
    screen.say(f"{REPORT.relative_to(ROOT)} has each with what was measured and what was asked")
    return 0 if report.ok else 1


def _tell(screen: Screen, report: Report) -> None:
    screen.title("Stargate on a laptop")
    screen.say(
        "The local cloud starts, and the real `sam build` and `sam deploy` put the control plane on it."
    )
    screen.say(f"Its clock is compressed: {TIME_SCALE:g} seconds there are one here. Nothing here is on AWS.")
    found = connection.up(TIME_SCALE)
    Story(found, screen, report).tell()


def _leave_nothing(screen: Screen, report: Report) -> None:
    screen.title("Stopping the local cloud")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
    try:
        connection.down()
    except connection.LocalCloudError as error:
        report.broke("nothing is left running", str(error))
        return
    screen.checked(report.same("local clouds left running", int(connection.is_up()), 0))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
