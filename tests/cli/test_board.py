"""The board that `watch` draws, on terminals of a common width."""

import io

import pytest
from rich.console import Console

from cli.views.environments import board
from stargate.domain.gateway.graph import PLAIN
from tests.cli.documents import environment, stack

LONG = 4211.0
REASON = (
    "Database: Cannot find version 16.99 for postgres (Service: Rds, Status Code: 400, Request ID: 1f2e3d)"
)
STACKS = [
    stack(name, status="SUBMITTED", resources_done=13, resources_total=27, seconds=LONG, eta_seconds=LONG)
    for name in PLAIN.names
]


def drawn(width, stacks):
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
    console.print(board(environment(status="PROVISIONING", stacks=stacks, eta_seconds=LONG)))
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_each_stack_has_one_line_with_all_its_words(width):
    """However wide the terminal is: name, a bar, what is done, and both times."""
    lines = drawn(width, STACKS)
    for name in PLAIN.names:
        (line,) = [one for one in lines if one.startswith(f"{name} ")]
        words = line.split()
        assert words[0] == name
        assert words[1].startswith("━")
        assert " ".join(words[2:]) == "13/27 SUBMITTED 1 h 10 min 1 h 10 min"


def test_a_reason_leaves_the_table_as_it_is():
    """It stands below, under the name of its stack."""
    failed = [*STACKS[:-1], {**STACKS[-1], "reason": REASON}]
    with_reason, without = drawn(80, failed), drawn(80, STACKS)
    assert with_reason[: len(without)] == without
    assert " ".join(line.strip() for line in with_reason[len(without) :]) == f"{STACKS[-1]['name']}: {REASON}"
