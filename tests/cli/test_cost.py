"""`stargate cost`: an estimate without a cloud, for people and for programs."""

import json
from decimal import Decimal

import pytest

from cli.app import main


def asked(capsys, *arguments):
    assert main(["cost", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out, parse_float=Decimal)


@pytest.mark.parametrize("preset", ["sandbox", "poc"])
def test_lines_add_up_to_the_total(preset, capsys):
    """Each line says what, how much, at which price from where; their amounts are the total."""
    document = asked(capsys, "--preset", preset)
    wanted = {"stack", "item", "quantity", "unit", "unit_price", "monthly", "source"}
    assert all(wanted <= line.keys() for line in document["lines"])
    assert sum(line["monthly"] for line in document["lines"]) == document["total"]


def test_an_override_changes_what_it_touches(capsys):
    """NAT in each zone is two more gateways with their addresses."""
    one, three = asked(capsys, "--preset", "sandbox"), asked(
        capsys, "--preset", "sandbox", "--override", "network.nat=per_zone"
    )  # fmt: skip
    assert three["total"] - one["total"] == 2 * (Decimal("32.85") + Decimal("3.65"))


def test_the_specification_is_reconciled(capsys):
    """Its total of $493 and the POC's $50, against what they come to."""
    document = asked(capsys, "--reconcile-spec")
    assert [line["says"] for line in document["totals"]] == [493, 50]
    assert sum(line["is"] for line in document["lines"]) == document["totals"][0]["is"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], ["--preset: is missing"]),
        (["--preset", "large"], ["--preset"]),
        (
            ["--preset", "poc", "--override", "litellm.cpu=3", "--assume", "nat_gb=-1"],
            ["--override litellm.cpu", "--assume nat_gb"],
        ),
        (["--preset", "poc", "--override", "litellm"], ["litellm"]),
        (["--preset", "sandbox", "--region", "mars-1"], ["mars-1", "nat_gateway"]),
        (["--reconcile-spec", "--preset", "poc"], ["--reconcile-spec"]),
    ],
)
def test_bad_input_names_every_fault(arguments, named, capsys):
    """Exit 2, nothing on standard output, and each fault by its option."""
    assert main(["cost", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(name in said.err for name in named)


def test_a_person_gets_a_table_with_what_is_not_sure(capsys):
    """The view ends with the sums, and says how old and how sure the prices are."""
    assert main(["cost", "--preset", "sandbox"]) == 0
    told = capsys.readouterr().out
    assert "a month, sandbox in us-east-1" in told
    assert "nobody confirmed" in told
