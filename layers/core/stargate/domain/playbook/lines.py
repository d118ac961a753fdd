"""Where each value of a JSON text stands: a fault that names its line is found by whoever wrote it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')
LONGEST = 200_000  # characters: twice is the most that a row of the table can hold, in bytes


@dataclass(frozen=True)
class Text:
    """A JSON text: `document` is what it says, `lines` has the line of each pointer (`/rules/0/do`)."""

    document: Any
    lines: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def named(self, fault: Fault) -> Fault:
        """The fault with the line of what it is about, or of what that is missing in."""
        path = fault.path
        while path and path not in self.lines:
            path = path.rpartition("/")[0]
        return Fault(fault.path, f"line {self.lines.get(path, 1)}: {fault.fault}", fault.allowed)


def read_text(written: str) -> Text:
    """With faults where it is no JSON, or names something twice."""
    if len(written) > LONGEST:
        return _refused(f"has {len(written)} characters", f"up to {LONGEST}")
    try:
        document = json.loads(written)
    except RecursionError:
        return _refused("is nested too deeply", "a playbook")
    except ValueError as error:
        return _refused(f"line {getattr(error, 'lineno', 1)}: is no JSON: {error}", "a JSON object")
    lines: dict[str, int] = {}
    faults = []
    for path, line in _places(written):
        if path in lines:
            faults.append(Fault(path, f"line {line}: is in line {lines[path]} already", "each name once"))
        lines[path] = line
    return Text(document, lines, tuple(faults))


def _refused(fault: str, allowed: str) -> Text:
    return Text(None, faults=(Fault("", fault, allowed),))


@dataclass
class _Within:
    """A list or an object on the way through it: `name` is the place or the name that comes next."""

    path: str
    is_list: bool
    name: str = "0"
    named: bool = False

    def next_path(self) -> str:
        return f"{self.path}/{self.name}"


def _places(written: str) -> Iterator[tuple[str, int]]:
    """Each value's pointer and line, of a text that is known to be JSON."""
    around: list[_Within] = []
    line, seen = 1, 0
    for token in TOKEN.finditer(written):
        line += written.count("\n", seen, token.start())
        seen = token.start()
        inner = around[-1] if around else None
        match token[0]:
            case "]" | "}":
                around.pop()
            case ",":
                _turn(inner)
            case ":":
                pass
            case text if inner is not None and not inner.is_list and not inner.named:
                inner.name, inner.named = _escaped(json.loads(text)), True
                yield inner.next_path(), line
            case text:
                path = inner.next_path() if inner is not None else ""
                if inner is None or inner.is_list:
                    yield path, line
                if text in {"[", "{"}:
                    around.append(_Within(path, is_list=text == "["))


def _turn(inner: _Within | None) -> None:
    """On to the next of a list, or of an object."""
    if inner is None:
        return
    inner.named = False
    if inner.is_list:
        inner.name = str(int(inner.name) + 1)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
