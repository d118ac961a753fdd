"""Every call of AWS that our source writes down, held against botocore's models of the services.

botocore itself refuses a wrong parameter, but only when the line is reached: here it is before anything runs.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import OperationModel

ROOT = Path(__file__).parents[2]
PLACES = ("layers/core/stargate", "functions", "cli", "gateway/observer")
MAKERS = frozenset({"client", "patient_client", "signing_client"})
NOT_OPERATIONS = frozenset({"close", "exceptions", "meta", "get_paginator", "get_waiter"})
SESSION = botocore.session.get_session()


@dataclass(frozen=True)
class Written:
    """A call as it stands in the source: of which service, which method, with which arguments."""

    place: str
    service: str
    method: str
    arguments: Mapping[str, ast.expr]
    open_ended: bool  # there are arguments that only running tells


@cache
def operations(service: str) -> dict[str, OperationModel]:
    """By the names that Python knows them by."""
    model = SESSION.get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def service_of(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """Of which service the expression is a client."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in MAKERS and node.args and isinstance(node.args[0], ast.Constant):
            return str(node.args[0].value)
        if f"{name}()" in known:
            return known[f"{name}()"]
    return known.get(ast.unparse(node))


def clients(tree: ast.AST) -> dict[str, str]:
    """Names that stand for a client somewhere in the file: variables, attributes, functions."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                found.update(_named(target, node.value))
        if isinstance(node, ast.FunctionDef):
            for one in node.body:
                service = service_of(one.value, {}) if isinstance(one, ast.Return) and one.value else None
                if service:
                    found |= {f"self.{node.name}": service, f"{node.name}()": service}
    return found


def _named(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip(target.elts, value.elts, strict=True):
            yield from _named(one, given)
    elif service := service_of(value, {}):
        yield ast.unparse(target), service


def calls(path: Path) -> Iterator[Written]:
    tree = ast.parse(path.read_text())
    known = clients(tree)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from _calls_in(function, str(path.relative_to(ROOT)), known)


def _calls_in(function: ast.FunctionDef, file: str, of_file: Mapping[str, str]) -> Iterator[Written]:
    known = {**of_file, **clients(function)}
    pages = paginators(function, known)
    called = {id(node.func): node for node in ast.walk(function) if isinstance(node, ast.Call)}
    for node in ast.walk(function):
        if not isinstance(node, ast.Attribute):
            continue
        place, call = f"{file}:{node.lineno}", called.get(id(node))
        service, method = service_of(node.value, known), node.attr
        if method == "paginate" and call and (paged := pages.get(ast.unparse(node.value))):
            yield _written(place, *paged, call)
        elif service and method == "generate_presigned_url" and call:
            yield Written(place, service, ast.literal_eval(call.args[0]), {}, open_ended=True)
        elif service and method not in NOT_OPERATIONS:
            yield _written(place, service, method, call)


def paginators(tree: ast.AST, known: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Of which service and operation: expressions that make a paginator, and the names they are given."""
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            service = service_of(node.func.value, known)
            if service and node.func.attr == "get_paginator":
                found[ast.unparse(node)] = (service, ast.literal_eval(node.args[0]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in found:
            found[ast.unparse(node.targets[0])] = found[ast.unparse(node.value)]
    return found


def _written(place: str, service: str, method: str, call: ast.Call | None) -> Written:
    """A method that is only named, to be called elsewhere, may get anything."""
    if call is None:
        return Written(place, service, method, {}, open_ended=True)
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return Written(place, service, method, named, any(keyword.arg is None for keyword in call.keywords))


def faults(call: Written) -> Iterator[str]:
    operation = operations(call.service).get(call.method)
    if operation is None:
        yield f"{call.service} has no {call.method}"
        return
    shape = operation.input_shape
    members = shape.members if shape is not None else {}
    required = set(shape.required_members) if shape is not None else set()
    if not call.open_ended:
        yield from (f"{name} is missing" for name in sorted(required - call.arguments.keys()))
    for name, value in call.arguments.items():
        if name in members:
            yield from _value_faults(name, value, members[name])
        elif name != "PaginationConfig":
            yield f"{name} is unknown"


def _value_faults(path: str, value: ast.expr, shape: Any) -> Iterator[str]:
    """Of what is written out: names within structures, items of lists, words that must be one of a few."""
    if isinstance(value, ast.Dict) and shape.type_name == "structure":
        yield from _structure_faults(path, value, shape)
    elif isinstance(value, ast.List) and shape.type_name == "list":
        for item in value.elts:
            yield from _value_faults(f"{path}[]", item, shape.member)
    elif isinstance(value, ast.Dict | ast.List) and shape.type_name not in {"map", "structure"}:
        yield f"{path} is a {shape.type_name}"
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        if shape.type_name not in {"string", "blob", "timestamp"}:
            yield f"{path} is a {shape.type_name}"
        elif getattr(shape, "enum", None) and value.value not in shape.enum:
            yield f"{path}: {value.value} is none of {shape.enum}"


def _structure_faults(path: str, value: ast.Dict, shape: Any) -> Iterator[str]:
    pairs = zip(value.keys, value.values, strict=True)
    written = {str(key.value): item for key, item in pairs if isinstance(key, ast.Constant)}
    if len(written) == len(value.keys):
        missing = set(shape.required_members) - written.keys()
        yield from (f"{path}.{name} is missing" for name in sorted(missing))
    for name, item in written.items():
        if name in shape.members:
            yield from _value_faults(f"{path}.{name}", item, shape.members[name])
        else:
            yield f"{path}.{name} is unknown"


FILES = sorted(path for place in PLACES for path in (ROOT / place).rglob("*.py"))
CALLS = [call for path in FILES for call in calls(path)]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.place}-{call.method}")
def test_a_call_is_as_awss_model_has_it(call):
    """The operation exists, what it demands is given, and nothing that it does not know."""
    assert list(faults(call)) == []


def test_every_file_that_makes_a_client_is_read():
    """A call in a form that is not understood here would pass unseen."""
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in FILES}
    makers = {path for path, text in texts.items() if " client(" in text and "import client" in text}
    assert makers - {call.place.rpartition(":")[0] for call in CALLS} == set()


def test_what_is_wrong_is_seen(tmp_path, monkeypatch):
    """An operation, a parameter, a name within one, a word that AWS does not know; one that is left out."""
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "wrong.py").write_text(
        """
def wrong():
    client("ecs").start_the_task()
    ecs = client("ecs")
    ecs.run_task(cluster="a", tasks=[])
    ecs.run_task(taskDefinition="a", launchType="LUNCH")
    ecs.run_task(taskDefinition="a", networkConfiguration={"awsvpc": {}})
    pages = client("logs").get_paginator("describe_log_groups")
    pages.paginate(prefix="a")
"""
    )
    assert [fault for call in calls(tmp_path / "wrong.py") for fault in faults(call)] == [
        "ecs has no start_the_task",
        "taskDefinition is missing",
        "tasks is unknown",
        "launchType: LUNCH is none of ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']",
        "networkConfiguration.awsvpc is unknown",
        "prefix is unknown",
    ]
