"""`stargate cost`: an estimate without a cloud, for people and for programs."""

import json
from decimal import Decimal

import pytest

from cli.app import main
from tests.unit.costs.test_price_list import document as product


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
        (["--preset", "poc", "--assume", "asleep_share=2"], ["--assume asleep_share"]),
        (["--preset", "poc", "--price-list", "nowhere.json"], ["--price-list nowhere.json"]),
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


def answer(path, *products):
    path.write_text(json.dumps({"FormatVersion": "aws_v1", "PriceList": list(products)}))
    return str(path)


def test_a_kept_answer_of_the_price_list_is_reckoned_with(tmp_path, capsys):
    """Where it is newer than the snapshot; the line names it as its source."""
    file = answer(tmp_path / "nat.json", product("NatGateway-Hours", ("0", "0.0500000000")))
    document = asked(capsys, "--preset", "sandbox", "--price-list", file)
    (line,) = [one for one in document["lines"] if one["item"] == "NAT gateway"]
    assert (line["monthly"], line["confirmed"]) == (Decimal("36.50"), True)
    assert line["source"] == "AWS price list, AmazonEC2, published 2026-11-30"
    assert document["price_list"] == {"products": 1, "prices": 1, "used": 1, "doubtful": []}


def test_an_answer_older_than_the_snapshot_is_read_and_said_not_to_count(tmp_path, capsys):
    """An old price is no truer than one that was looked up since."""
    old = product("NatGateway-Hours", ("0", "0.0100000000")).replace("2026-11-30", "2020-01-01")
    document = asked(capsys, "--preset", "sandbox", "--price-list", answer(tmp_path / "old.json", old))
    assert document["price_list"] == {"products": 1, "prices": 1, "used": 0, "doubtful": []}


@pytest.mark.parametrize("text", ["", "[]", '{"PriceList": [1]}', '{"PriceList": ["{}"]}'])
def test_a_file_that_is_no_answer_is_refused(text, tmp_path, capsys, monkeypatch):
    """By its name, with what was expected."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.json").write_text(text)
    assert main(["cost", "--preset", "poc", "--price-list", "odd.json"]) == 2
    assert "--price-list odd.json" in capsys.readouterr().err
