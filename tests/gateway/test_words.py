"""What a judge rejects ends the run with the judge's own words, not with ours."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from local.judges import litellm_proxy, victoria_metrics
from local.judges.processes import JudgeError

if TYPE_CHECKING:
    from pathlib import Path

    from local.judges.victoria_metrics import VictoriaMetrics
    from tests.gateway.front_door import FrontDoor

LITELLM, SCRAPE = "gateway/config/litellm/config.yaml", "gateway/config/victoria-metrics/scrape.yaml"


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the judges read, for the test to spoil."""
    shutil.copytree(litellm_proxy.PROJECT / "gateway", tmp_path / "project/gateway")
    (tmp_path / "project/local").symlink_to(litellm_proxy.PROJECT / "local")
    monkeypatch.setattr(litellm_proxy, "PROJECT", tmp_path / "project")
    monkeypatch.setattr(victoria_metrics, "PROJECT", tmp_path / "project")
    return tmp_path / "project"


def test_litellm_says_why_it_does_not_take_a_configuration(broken: Path, tmp_path: Path) -> None:
    """It ends, and its last words are in the error."""
    spoil(broken / LITELLM, "model_list:", "model_list: [")
    with (
        litellm_proxy.stand_in(tmp_path) as outside,
        pytest.raises(JudgeError, match="while parsing a flow"),
        litellm_proxy.litellm(tmp_path, outside.url),
    ):
        pass


def test_victoria_metrics_says_why_it_does_not_take_a_scrape_configuration(
    broken: Path, tmp_path: Path, door: FrontDoor
) -> None:
    """A field that it does not know ends it."""
    spoil(broken / SCRAPE, "metrics_path:", "metric_path:")
    with (
        pytest.raises(JudgeError, match="metric_path not found"),
        victoria_metrics.victoria_metrics(tmp_path, door.proxy),
    ):
        pass


def test_victoria_metrics_says_why_it_does_not_take_a_query(metrics: VictoriaMetrics) -> None:
    """As a panel would get it."""
    with pytest.raises(JudgeError, match="unexpected token"):
        metrics.query("sum(rate(litellm_spend_metric_total[5m])")


def spoil(file: Path, written: str, instead: str) -> None:
    text = file.read_text()
    assert written in text
    file.write_text(text.replace(written, instead, 1))
