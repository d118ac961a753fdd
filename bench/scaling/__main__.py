"""`python -m bench.scaling`: traffic, real and made, against autoscalers; see docs/scaling.md."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.scaling.command import Asked, compare
from bench.scaling.traces import TraceError


def main(arguments: Sequence[str]) -> int:
    given = _arguments().parse_args(arguments)
    asked = Asked(
        traces=tuple(given.trace),
        users=given.users,
        quota_share=given.quota_share,
        seeds=given.seeds,
        days=given.days,
    )
    try:
        compare(asked, given.json)
    except TraceError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument(
        "--trace", type=Path, nargs="+", action="extend", default=[], help="by default loads of our own"
    )
    parser.add_argument(
        "--users", type=_positive, help="of the highest minute; else 0.5, 1, 1.5 of what the maximum serves"
    )
    parser.add_argument(
        "--quota-share", type=_positive, help="quota, as a share of what is asked for on average"
    )
    parser.add_argument("--seeds", type=_whole, default=5)
    parser.add_argument("--days", type=_positive, default=1.0, help="so much of each trace (1)")
    parser.add_argument("--json", type=Path, help="write every figure here")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be more than zero")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
