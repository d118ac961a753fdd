"""The real VictoriaMetrics (Debian's package), scraping with the gateway's own scrape configuration.

Its options come from gateway/stacks/victoria-metrics.yaml. One thing is told otherwise: LiteLLM's name and
port, as there is no DNS that knows a namespace here. The package is older than the image that a gateway
runs.
"""

import json
import os
import shutil
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gateway.build_manifest import read_template
from local.judges.litellm_proxy import PROJECT, Listening
from local.judges.processes import JudgeError, answers, free_port, running

NAMESPACE = "stargate-sandbox.internal"
PROGRAM = "victoria-metrics"
"""In PATH after `apt-get install victoria-metrics`."""


@dataclass(frozen=True)
class Series:
    labels: dict[str, str]
    values: list[float]
    """In order of time."""


@dataclass(frozen=True)
class VictoriaMetrics:
    listening: Listening

    def query(self, expression: str) -> list[Series]:
        """What the expression is now, a series each; JudgeError if it refuses, with its words."""
        answer = json.loads(self._get("query", query=expression, nocache="1"))
        return [Series(one["metric"], [float(one["value"][1])]) for one in answer["data"]["result"]]

    def recorded(self, selector: str) -> list[Series]:
        """Every sample that was scraped of the series selected."""
        lines = self._get("export", **{"match[]": selector}).splitlines()
        return [Series(one["metric"], one["values"]) for one in map(json.loads, lines)]

    def _get(self, path: str, **parameters: str) -> str:
        url = f"{self.listening.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - http on loopback
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError as refused:
            raise JudgeError(f"{parameters}: {refused.read().decode()}") from refused


@contextmanager
def victoria_metrics(folder: Path, litellm: Listening) -> Iterator[VictoriaMetrics]:
    """Run it in the folder until it answers; it scrapes the proxy from then on."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise JudgeError(f"{PROGRAM} is not installed; where apt is: apt-get install {PROGRAM}")
    port = free_port()
    scrape = folder / "scrape.yaml"
    scrape.write_text(_scrape(litellm.port, port))
    command = [program, *_options(folder, scrape, port)]
    environment = {"PATH": os.environ["PATH"], "NAMESPACE": NAMESPACE}
    with running(PROGRAM, command, folder, environment) as started:
        listening = Listening(started, port)
        started.wait_until(lambda: answers(f"{listening.url}/-/healthy"), "healthy", 30)
        yield VictoriaMetrics(listening)


def _options(folder: Path, scrape: Path, port: int) -> list[str]:
    """The template's options, on this machine's folders and port."""
    template = read_template((PROJECT / "gateway" / "stacks" / "victoria-metrics.yaml").read_text())
    containers = template["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
    written = next(c["Command"] for c in containers if c["Name"] == "victoria-metrics")
    here = {
        "-storageDataPath": str(folder / "victoria-metrics-data"),
        "-httpListenAddr": f"127.0.0.1:{port}",
        "-promscrape.config": str(scrape),
    }
    return [f"{name}={here.get(name, value)}" for name, _, value in (word.partition("=") for word in written)]


def _scrape(litellm_port: int, own_port: int) -> str:
    configuration: dict[str, Any] = yaml.safe_load(
        (PROJECT / "gateway" / "config" / "victoria-metrics" / "scrape.yaml").read_text()
    )
    jobs = {job["job_name"]: job for job in configuration["scrape_configs"]}
    jobs["litellm"]["dns_sd_configs"][0] |= {"names": ["localhost"], "port": litellm_port}
    jobs["victoria-metrics"]["static_configs"] = [{"targets": [f"127.0.0.1:{own_port}"]}]
    return yaml.safe_dump(configuration)
