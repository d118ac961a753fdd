"""The worked example in docs/: each row multiplied again, and its sum held against the estimate."""

from decimal import ROUND_HALF_UP, Decimal
from math import prod
from pathlib import Path

import pytest

from stargate.domain.costs.materials import estimated
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.gateway.presets import PRESETS
from tests.unit.costs.cost_play import REAL

PROJECT = Path(__file__).parents[3]
TIMES = "\N{MULTIPLICATION SIGN}"
EXAMPLE = PROJECT / "docs" / "costs-worked-example.md"


def table_of(preset):
    """The rows below the preset's heading, as lists of cells."""
    below = EXAMPLE.read_text(encoding="utf-8").split(f"## {preset}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in below.splitlines() if line.startswith("| ")]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_the_hand_and_the_estimate_agree_to_the_cent(preset):
    """Multiplied and added from what stands in the document, without any of the code that estimates."""
    *rows, (_, _, _, told) = table_of(preset)
    for _, quantity, price, amount in rows:
        product = prod(Decimal(factor.strip()) for factor in quantity.split(TIMES)) * Decimal(price)
        assert product.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(amount)
    assert sum(Decimal(amount) for *_, amount in rows) == Decimal(told)
    assert estimated(REAL, PRESETS[preset], PRESETS[preset].spec, SNAPSHOT).total == Decimal(told)
