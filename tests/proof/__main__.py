"""Run the long tests; having none yet is not a failure."""

import subprocess
import sys
from pathlib import Path

NO_TESTS_COLLECTED = 5


def main() -> int:
    here = Path(__file__).parent
    run = subprocess.run([sys.executable, "-m", "pytest", str(here), *sys.argv[1:]], check=False)
    if run.returncode != NO_TESTS_COLLECTED:
        return run.returncode
    sys.stdout.write("0 passed, 0 failed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
