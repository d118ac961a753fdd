"""Run one benchmark by its name (`python -m bench cold_start`), or all of them."""

import sys
from collections.abc import Callable

from bench import burst, cold_start, provision, react, signals, twin
from bench.scaling import command as scaling

BENCHMARKS: dict[str, Callable[[], bool]] = {
    "burst": burst.run,
    "cold_start": cold_start.run,
    "provision": provision.run,
    "react": react.run,
    "scaling": scaling.run,
    "signals": signals.run,
    "twin": twin.run,
}


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    results = [BENCHMARKS[name]() for name in names or BENCHMARKS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
