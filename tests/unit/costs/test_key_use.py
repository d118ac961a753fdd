"""Who used the models, from what stands in LiteLLM's series up to the name that people read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from gateway.observer import index
from stargate.domain.costs.actuals.keys import KeyUse, key_uses

WITHOUT_ALIAS = {
    "hashed_api_key": "5e8b" * 16,
    "api_key_alias": "None",
    "team_alias": "None",
    "model": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
}


@dataclass(frozen=True)
class Scraped(index.House):
    """VictoriaMetrics, with ten of everything for each of these sets of labels."""

    labels: tuple[dict[str, str], ...] = ()

    def ask_any(self, service, port, request, headers=None, body=None):  # noqa: ARG002 - the house's own
        result = [{"metric": one, "value": [0, "10"]} for one in self.labels]
        return index.Reply(index.FOUND, json.dumps({"data": {"result": result}}))


def test_a_key_without_alias_or_team_is_told_by_its_hash():
    """LiteLLM writes Python's word for nothing into its labels: no key and no team is called so."""
    _, measured = index.key_use(Scraped("", 0.0, (WITHOUT_ALIAS,)), until=600, seconds=600)
    nothing, ten = Decimal(0), Decimal(10)
    assert key_uses(measured["rows"]) == [KeyUse("5e8b5e8b", "", "haiku", nothing, ten, ten, ten, ten)]


def test_keys_without_alias_are_not_one():
    """Each is told apart by the beginning of its hash."""
    other = {**WITHOUT_ALIAS, "hashed_api_key": "77aa" * 16}
    _, measured = index.key_use(Scraped("", 0.0, (WITHOUT_ALIAS, other)), until=600, seconds=600)
    assert [use.key for use in key_uses(measured["rows"])] == ["5e8b5e8b", "77aa77aa"]
