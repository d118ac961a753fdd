"""The checks of a run: what was measured beside what was asked."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    measured: str
    bound: str


class Report:
    def __init__(self) -> None:
        self.checks: list[Check] = []

    @property
    def ok(self) -> bool:
        return bool(self.checks) and all(check.ok for check in self.checks)

    def same(self, name: str, measured: object, bound: object) -> Check:
        """Hold a thing against exactly what it has to be."""
        return self._add(name, ok=measured == bound, measured=_text(measured), bound=_text(bound))

    def at_most(self, name: str, measured: float, bound: float, unit: str = "") -> Check:
        return self._add(
            name,
            ok=measured <= bound,
            measured=f"{measured:.4g}{unit}",
            bound=f"at most {bound:g}{unit}",
        )

    def at_least(self, name: str, measured: float, bound: float, unit: str = "") -> Check:
        return self._add(
            name,
            ok=measured >= bound,
            measured=f"{measured:.4g}{unit}",
            bound=f"at least {bound:g}{unit}",
        )

    def broke(self, name: str, why: str) -> Check:
        return self._add(name, ok=False, measured=why, bound="no error")

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"checks": [asdict(check) for check in self.checks]}
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

    def _add(self, name: str, *, ok: bool, measured: str, bound: str) -> Check:
        check = Check(name, ok, measured, bound)
        self.checks.append(check)
        return check


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
