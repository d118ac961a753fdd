"""Imports point inwards only, and what touches the world is named: clients, variables, time, chance."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers" / "core" / "stargate"
PRODUCT = sorted([*CORE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
EDGE = ("wiring", "settings", "telemetry", "api")


def imports_of(path):
    """Every module that a file imports, whether at its top, late, or only for its types."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_in(path):
    """Every dotted name that a file uses, such as os.environ."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)


def offenders(paths, banned):
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path in paths
        for name in imports_of(path)
        if any(name == prefix or name.startswith(f"{prefix}.") for prefix in banned)
    ]


def inside(*folders):
    return [path for path in PRODUCT if any(CORE / folder in path.parents for folder in folders)]


def outside_adapters():
    return [path for path in PRODUCT if CORE / "adapters" not in path.parents]


def test_there_is_something_to_look_at():
    """An empty list would pass every other test here."""
    assert len(PRODUCT) > 30


@pytest.mark.parametrize(
    ("folder", "banned"),
    [
        ("domain", ("stargate.usecases", "stargate.adapters", "stargate.ports")),
        ("usecases", ("stargate.adapters",)),
        ("adapters", ("stargate.usecases",)),
    ],
)
def test_imports_point_inwards(folder, banned):
    """Domain knows nobody, use cases no adapter, adapters no use case; the edge is for functions."""
    edge = tuple(f"stargate.{name}" for name in EDGE)
    assert offenders(inside(folder), (*banned, *edge)) == []


def test_adapters_are_made_in_the_wiring_only():
    """One composition root: nothing else names an adapter."""
    others = [path for path in outside_adapters() if CORE / "wiring" not in path.parents]
    assert offenders(others, ("stargate.adapters",)) == []


def test_nothing_imports_functions_and_the_product_knows_no_local_cloud():
    """Functions are entry points, and what runs on AWS does not know that it can run elsewhere."""
    assert offenders(PRODUCT, ("functions", "local", "cli", "bench", "tests", "ministack")) == []


def test_only_adapters_know_aws():
    """boto3 and botocore stay in one folder."""
    assert offenders(outside_adapters(), ("boto3", "botocore")) == []


def test_only_the_settings_read_the_environments_variables():
    """Whatever a function is told is in its settings."""
    others = [path for path in PRODUCT if path != CORE / "settings.py"]
    found = [path.name for path in others if {"os.environ", "os.getenv"} & set(names_in(path))]
    assert found == []
    assert offenders(others, ("os.environ", "os.getenv")) == []


def test_only_adapters_read_the_time_or_draw_lots():
    """Time is an argument everywhere else, and so are ids."""
    banned = {"datetime.now", "datetime.utcnow", "datetime.datetime.now", "date.today", "time.time"}
    found = [
        f"{path.name}: {name}" for path in outside_adapters() for name in names_in(path) if name in banned
    ]
    assert found == []
    assert offenders(outside_adapters(), ("time", "uuid", "random", "secrets")) == []


def test_the_time_comes_from_one_call():
    """So that a clock that runs faster needs to change nothing else."""
    readers = [path.name for path in PRODUCT if "time" in set(imports_of(path))]
    assert readers == ["clock.py"]
    banned = {"datetime.now", "datetime.utcnow", "datetime.datetime.now"}
    assert [path.name for path in PRODUCT if banned & set(names_in(path))] == []


def test_jsonschema_and_chalice_are_the_apis_alone():
    """They would double the other functions' cold start."""
    allowed = {CORE / "domain/life/requests.py", ROOT / "functions" / "api" / "handler.py"}
    others = [path for path in PRODUCT if path not in allowed]
    assert offenders(others, ("jsonschema", "chalice")) == []
    readers = offenders(others, ("stargate.domain.life.requests",))
    assert {found.split(":")[0] for found in readers} == {
        "layers/core/stargate/domain/life/changes.py",
        "layers/core/stargate/domain/life/repairing.py",
        "layers/core/stargate/domain/life/resumption.py",
        "layers/core/stargate/domain/life/updates.py",
        "layers/core/stargate/usecases/provisioning/create_environment.py",
        "layers/core/stargate/usecases/provisioning/request_plan.py",
    }
    theirs = (
        "stargate.domain.life.changes",
        "stargate.domain.life.repairing",
        "stargate.domain.life.resumption",
        "stargate.domain.life.updates",
    )
    assert {found.split(":")[0] for found in offenders(others, theirs)} == {
        "layers/core/stargate/usecases/life/ask_drift.py",
        "layers/core/stargate/usecases/life/change_environment.py",
        "layers/core/stargate/usecases/life/resume_environment.py",
        "layers/core/stargate/usecases/provisioning/request_plan.py",
    }
