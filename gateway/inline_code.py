"""Put a function's source into the template that carries it.

Lambda takes a package from a bucket of its own region only, and environments live in other regions than the
control plane's bucket. So what a template publishes is the source itself (at most 4 MB, says CloudFormation),
while here it lies in a file of its own that is linted and tested: `ZipFile: "@observer/index.py"`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PLACE = re.compile(r'^(?P<indent> *)ZipFile: "@(?P<path>[\w./-]+)".*$', re.MULTILINE)


def with_code(template: str, gateway: Path) -> str:
    """The template's text with each named file in its place, as a block of YAML."""

    def code(place: re.Match[str]) -> str:
        lines = (gateway / place["path"]).read_text().splitlines()
        block = (f"{place['indent']}  {line}".rstrip() for line in lines)
        return "\n".join([f"{place['indent']}ZipFile: |", *block])

    return PLACE.sub(code, template)


if __name__ == "__main__":
    source, published = map(Path, sys.argv[1:])
    for stack in sorted((published / "stacks").glob("*.yaml")):
        stack.write_text(with_code(stack.read_text(), source))
