"""Where a gateway differs from its specification: read from the document, told with a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.read_repairs import read_repairs
from stargate.domain.gateway.repairs import Repair
from tests.template.gateway_templates import OTHERWISE, environment
from tests.unit.play import manifest
from tests.unit.provisioning.test_plan import Office

DOCUMENT = """# What differs

| Place | Part | The specification says | We do | Because |
|---|---|---|---|---|
| Port | balancer | 80 | 81 | see [the list](list.md) and `here` |

| Place | The specification says | What is so | What follows |
|---|---|---|---|
| Cost | little | much | pay |
"""


def repair(part):
    return Repair("Port", part, "80", "81", "it is taken")


def test_a_row_is_read_with_its_links_as_words():
    """Only tables of repairs count; what is merely known is none."""
    assert read_repairs(DOCUMENT) == [
        {
            "place": "Port",
            "part": "balancer",
            "says": "80",
            "does": "81",
            "because": "see the list and `here`",
        }
    ]


@pytest.mark.parametrize(
    ("part", "concerned"),
    [
        ("all", {"sandbox", "poc", OTHERWISE}),
        ("poc", {"poc"}),
        ("waf", {"sandbox", OTHERWISE}),
        ("network.nat=one", {"sandbox"}),
        ("poc, storage", {"sandbox", "poc", OTHERWISE}),
        ("compute.spot=true", {"poc", OTHERWISE}),
    ],
)
def test_a_repair_concerns_whoever_has_its_part(part, concerned):
    """A stack of its graph, its preset, or a choice that it was made with."""
    kinds = ("sandbox", "poc", OTHERWISE)
    assert {kind for kind in kinds if repair(part).concerns(environment(kind))} == concerned


def test_a_plan_lists_the_repairs_of_its_environment():
    """And no others: a gateway without a web ACL hears nothing of its rules."""
    office = Office()
    office.manifests.manifest = replace(manifest(), repairs=(repair("waf"), repair("network.nat=instance")))
    assert office.plan("other", preset="poc")["repairs"] == [repair("network.nat=instance").document()]
    assert office.plan("another", preset="sandbox")["repairs"] == [repair("waf").document()]
