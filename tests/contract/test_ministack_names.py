"""The local cloud leans on private names of MiniStack: when the pin moves, this says what to look at."""

import ast
import importlib
import importlib.metadata
import inspect
from pathlib import Path

import pytest

from local.ministack_names import PINNED_VERSION, PrivateName

LOCAL = Path(__file__).parents[2] / "local"


def listings():
    for path in sorted(LOCAL.rglob("ministack_names.py")):
        name = ".".join(("local", *path.relative_to(LOCAL).with_suffix("").parts))
        yield from importlib.import_module(name).PRIVATE_NAMES


LISTED = tuple(listings())


def test_the_pin_is_the_one_that_was_read():
    """Another version was not read: read it, then move PINNED_VERSION in local/ministack_names.py."""
    assert importlib.metadata.version("ministack") == PINNED_VERSION


@pytest.mark.parametrize("listed", LISTED, ids=lambda listed: f"{listed.module}.{listed.name}")
def test_each_name_is_there_as_it_was_read(listed: PrivateName):
    """A name that is gone or takes other arguments fails with what to look at."""
    module = importlib.import_module(listed.module)
    assert hasattr(module, listed.name), f"{listed.name} is gone. {listed.look_at}"
    if listed.signature is not None:
        original = inspect.unwrap(getattr(module, listed.name))
        assert str(inspect.signature(original)) == listed.signature, listed.look_at


def uses():
    """Private names read or replaced on a module of MiniStack, found in our source."""
    for path in sorted(LOCAL.rglob("*.py")):
        tree = ast.parse(path.read_text())
        modules = dict(imported(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id)
                if module and node.attr.startswith("_"):
                    yield f"{module}.{node.attr}", path.relative_to(LOCAL)


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def test_each_name_that_is_used_is_listed():
    """No use of a private name without its guard."""
    listed = {f"{name.module}.{name.name}" for name in LISTED}
    missing = sorted({f"{name} in local/{path}" for name, path in uses() if name not in listed})
    assert missing == []
