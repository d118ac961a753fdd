"""Put code into the one file that carries it.

Lambda takes a package from a bucket of its own region only, and environments live in other regions than the
control plane's bucket. So what a template publishes is the source itself (at most 4 MB, says CloudFormation),
while here it lies in a file of its own that is linted and tested: `ZipFile: "@observer/index.py"`.

LiteLLM loads a hook from a bucket as one file, too: there, what it imports of ours stands in the place of the
import. Such a module imports of the standard library alone, and has no dataclasses: LiteLLM does not enter
what it loads among Python's modules, where those would look up their types.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PLACE = re.compile(r'^(?P<indent> *)ZipFile: "@(?P<path>[\w./-]+)".*$', re.MULTILINE)
IMPORT = re.compile(r"^from gateway\.(?P<module>[\w.]+) import .*$", re.MULTILINE)
FUTURE = "from __future__ import annotations\n"  # once, at the beginning


def with_code(template: str, gateway: Path) -> str:
    """The template's text with each named file in its place, as a block of YAML."""

    def code(place: re.Match[str]) -> str:
        lines = (gateway / place["path"]).read_text().splitlines()
        block = (f"{place['indent']}  {line}".rstrip() for line in lines)
        return "\n".join([f"{place['indent']}ZipFile: |", *block])

    return PLACE.sub(code, template)


def with_modules(hook: str, gateway: Path) -> str:
    """The hook's text with each module of ours in the place of its import."""

    def module(place: re.Match[str]) -> str:
        path = gateway / f"{place['module'].replace('.', '/')}.py"
        return path.read_text().replace(FUTURE, "")

    return IMPORT.sub(module, hook)


if __name__ == "__main__":
    source, published = map(Path, sys.argv[1:])
    for stack in sorted((published / "stacks").glob("*.yaml")):
        stack.write_text(with_code(stack.read_text(), source))
    for hook in sorted((published / "config").rglob("*.py")):
        hook.write_text(with_modules(hook.read_text(), source))
