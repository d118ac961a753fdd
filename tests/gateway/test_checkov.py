"""checkov on what each preset renders, and each choice: nothing found but what is listed, with its reason."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from stargate.domain.gateway.presets import PRESETS
from tests.template.gateway_templates import VARIANTS, rendered_template, stacks_of

CHECKOV = Path(__file__).parents[2] / ".venv-checkov/bin/checkov"
KINDS = frozenset({*PRESETS, *VARIANTS})


class Accepted(NamedTuple):
    places: frozenset[str]  # <stack>:<resource>, or <stack> for whatever is found in it
    reason: str
    presets: frozenset[str] = KINDS


def accepted(reason: str, *places: str, presets: frozenset[str] = KINDS) -> Accepted:
    return Accepted(frozenset(places), reason, presets)


POC = frozenset({"poc"})
ACCEPTED = {
    "CKV_AWS_2": accepted(
        "the specification's HTTP between CloudFront and balancer; only CloudFront's addresses are let in",
        "balancer:Listener",
    ),
    "CKV_AWS_103": accepted("the same listener: without HTTPS it has no TLS version", "balancer:Listener"),
    "CKV_AWS_68": accepted("the specification disables the web ACL", "edge:Distribution", presets=POC),
    "CKV_AWS_86": accepted(
        "requests are told by the web ACL's metrics and by LiteLLM; access logs would need a bucket to keep",
        "edge:Distribution",
    ),
    "CKV_AWS_88": accepted(
        "what translates addresses has a public one; its security group lets nothing in from outside",
        "network:NatInstance",
        presets=POC,
    ),
    "CKV_AWS_91": accepted(
        "as for the distribution: everything comes through it, with the same requests", "balancer:Balancer"
    ),
    "CKV_AWS_115": accepted(
        "a new account may have ten executions at once, and reserving any of ten is refused",
        "observer:Function",
    ),
    "CKV_AWS_116": accepted(
        "whoever invokes the observer waits for its answer; nothing is lost", "observer:Function"
    ),
    "CKV_AWS_118": accepted(
        "CloudWatch's own metrics carry the alarms; enhanced monitoring is priced and asks for a role",
        "data:Database",
    ),
    "CKV_AWS_136": accepted(
        "copies of public images, encrypted with the key that AWS manages",
        "images:Repository",
        presets=frozenset(VARIANTS),
    ),
    "CKV_AWS_149": accepted(
        "encrypted with the key that AWS manages; a key of our own is $1 a month and protects from nobody "
        "who may not already read the secret in this account",
        "secrets",
    ),
    "CKV_AWS_157": accepted("the specification's POC has one zone", "data:Database", presets=POC),
    "CKV_AWS_158": accepted(
        "log groups are encrypted by CloudWatch with its own key, and no secret is in them",
        *("data:DatabaseLogs", "data:PrepareLogs", "litellm:Logs", "grafana:Logs", "langfuse:Logs"),
        *("victoria-metrics:Logs", "observer:Logs", "images:Logs", "cluster:PerformanceLogs"),
    ),
    "CKV_AWS_161": accepted(
        "Langfuse and Grafana take passwords only; LiteLLM's and theirs are roles of their own",
        "data:Database",
    ),
    "CKV_AWS_173": accepted(
        "its environment holds names and ARNs, no secret; Lambda encrypts it with its own key",
        "observer:Function",
    ),
    "CKV_AWS_174": accepted(
        "CloudFront's own certificate has TLSv1 as its oldest version and takes no other policy; a domain "
        "and certificate of one's own do",
        "edge:Distribution",
        presets=frozenset(PRESETS),
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, str]]]:
    """What was found, by check: each as (preset, <stack>:<resource>)."""
    folder = tmp_path_factory.mktemp("rendered")
    for preset in KINDS:
        for stack in stacks_of(preset):
            path = folder / preset / f"{stack}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(rendered_template(preset, stack)))
    arguments = ["-d", folder, "--framework", "cloudformation", "--skip-download", "--quiet", "-o", "json"]
    ran = subprocess.run([CHECKOV, *arguments], capture_output=True, text=True, check=False, timeout=300)
    report = json.loads(ran.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 300
    places = defaultdict(set)
    for failed in report["results"]["failed_checks"]:
        _, preset, file = failed["file_path"].split("/")
        resource = failed["resource"].rsplit(".", 1)[-1]
        places[failed["check_id"]].add((preset, f"{file.removesuffix('.json')}:{resource}"))
    return places


def test_nothing_is_found_without_a_reason(found):
    """A new finding fails with checkov's own id and the place, until it is mended or has a reason here."""
    unexplained = {
        (check, preset, place)
        for check, everywhere in found.items()
        for preset, place in everywhere
        if not _is_accepted(ACCEPTED.get(check), preset, place)
    }
    assert unexplained == set()


def _is_accepted(known: Accepted | None, preset: str, place: str) -> bool:
    if known is None:
        return False
    return preset in known.presets and bool({place, place.partition(":")[0]} & known.places)


def test_no_reason_is_left_over(found):
    """What checkov does not find any more needs no excuse."""
    assert set(ACCEPTED) - set(found) == set()
    unused = {
        (check, preset)
        for check, known in ACCEPTED.items()
        for preset in known.presets
        if preset not in {at for at, _ in found[check]}
    }
    assert unused == set()
