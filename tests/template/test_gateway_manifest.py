"""The manifest says truly what is published."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from gateway.build_manifest import build_manifest, published_text, read_template
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.gateway.parameters import environment_parameters
from stargate.domain.gateway.presets import PRESETS
from tests.template.gateway_templates import GATEWAY, VARIANTS, environment, rendered

HOOK = "config/litellm/admission.py"
BUCKET = "s3://${GatewayBucket}/gateway/${GatewayVersion}/"


def test_the_same_files_make_the_same_version_wherever_they_lie(tmp_path):
    """A checkout elsewhere publishes under the same version."""
    for folder in ("stacks", "config", "observer", "admission"):
        shutil.copytree(GATEWAY / folder, tmp_path / folder)
    assert json.dumps(build_manifest(GATEWAY)) == json.dumps(build_manifest(tmp_path))


def test_another_content_is_another_version(tmp_path):
    """One byte of configuration is enough."""
    for folder in ("stacks", "config", "observer", "admission"):
        shutil.copytree(GATEWAY / folder, tmp_path / folder)
    with (tmp_path / "config/litellm/config.yaml").open("a") as config:
        config.write("\n")
    assert build_manifest(tmp_path)["version"] != build_manifest(GATEWAY)["version"]


def test_every_file_is_listed_and_every_template_bears_its_hash():
    """What is uploaded can be checked against what was built."""
    manifest = build_manifest(GATEWAY)
    assert all((GATEWAY / name).is_file() for name in manifest["files"])
    for stack in manifest["stacks"].values():
        published = published_text(GATEWAY / stack["key"], GATEWAY)
        assert stack["sha256"] == hashlib.sha256(published).hexdigest()


def test_the_hook_is_published_as_one_module():
    """LiteLLM loads one file, and does not enter it among the modules, where dataclasses look things up."""
    source = published_text(GATEWAY / HOOK, GATEWAY).decode()
    imports = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert not [name for name in modules if name.startswith("gateway")]
    assert "dataclasses" not in modules
    assert all(f"class {name}" in source for name in ("Admission", "Door", "Lateness", "Pace"))


def test_litellm_is_told_where_its_hook_is_and_may_read_it():
    """The address without its ending, and the name within, as LiteLLM reads it; its role reads it there."""
    template = read_template((GATEWAY / "stacks/litellm.yaml").read_text())["Resources"]
    (container,) = template["Task"]["Properties"]["ContainerDefinitions"]
    told = {one["Name"]: one["Value"] for one in container["Environment"]}
    config = yaml.safe_load((GATEWAY / "config/litellm/config.yaml").read_text())
    (guardrail,) = config["guardrails"]
    variable = guardrail["litellm_params"]["guardrail"].removeprefix("os.environ/")
    path, name = told[variable]["Fn::Sub"].removeprefix(BUCKET).rsplit(".", 1)
    assert f"{path}.py" == HOOK
    assert f"def {name}(" in (GATEWAY / HOOK).read_text()
    assert f"{BUCKET}config/litellm/*".removeprefix("s3://") in json.dumps(template["TaskRole"])


def test_a_resource_needs_what_it_refers_to_and_what_it_depends_on():
    """By Ref, GetAtt, Sub or DependsOn."""
    resources = build_manifest(GATEWAY)["stacks"]["litellm"]["resources"]
    assert resources["ScalableTarget"]["needs"] == ["Service"]
    assert resources["Service"]["needs"] == ["Discovery", "ManagementRoute", "ModelRoute", "Task"]


@pytest.mark.parametrize("preset", PRESETS)
def test_the_control_plane_counts_the_resources_of_an_environment(preset):
    """What it says of progress is of what there will be, before anything is made."""
    manifest = Manifest.from_document(build_manifest(GATEWAY))
    declared = environment_parameters(environment(preset), "", "")
    for node in environment(preset).graph.stacks:
        assert manifest.stacks[node.name].resources_total(declared) == len(rendered(preset, node.name))


def test_a_sandbox_has_three_zones_and_one_nat_gateway():
    """The third zone is there, the second and third NAT gateway and the NAT instance are not."""
    network = rendered("sandbox", "network")
    assert "PrivateSubnetC" in network
    assert {"NatGatewayB", "NatGatewayC", "NatInstance"} & set(network) == set()


def test_short_tags_are_read_as_the_long_form():
    """Functions without a YAML reader see plain JSON."""
    template = read_template("A: !If [C, !GetAtt B.Endpoint.Address, !Sub 'x-${D}']\nE: !And [!Condition C]")
    assert template == {
        "A": {"Fn::If": ["C", {"Fn::GetAtt": ["B", "Endpoint.Address"]}, {"Fn::Sub": "x-${D}"}]},
        "E": {"Fn::And": [{"Condition": "C"}]},
    }


def test_the_layer_is_built_from_any_folder(tmp_path):
    """SAM runs the target in a copy of the folder; the Makefile finds the original."""
    subprocess.run(
        ["make", "--makefile", str(GATEWAY / "Makefile"), "build-GatewayLayer"],
        cwd=tmp_path,
        env={"ARTIFACTS_DIR": str(tmp_path / "layer"), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    built = json.loads((tmp_path / "layer/python/gateway/manifest.json").read_text())
    assert built == build_manifest(GATEWAY)
    observer = (tmp_path / "layer/python/gateway/stacks/observer.yaml").read_bytes()
    assert hashlib.sha256(observer).hexdigest() == built["stacks"]["observer"]["sha256"]
    assert {path.name for path in Path(tmp_path / "layer/python/gateway").iterdir()} == {
        "config",
        "manifest.json",
        "stacks",
    }


def test_the_manifest_names_the_models_that_a_gateway_calls():
    """What preflight asks Bedrock about is what the profiles are copied from."""
    assert Manifest.from_document(build_manifest(GATEWAY)).models == (
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "anthropic.claude-opus-4-5-20251101-v1:0",
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
    )


def test_every_repair_is_of_a_part_that_some_environment_has():
    """A part that nobody has would be told to nobody."""
    manifest = Manifest.from_document(build_manifest(GATEWAY))
    assert len(manifest.repairs) > 40
    kinds = [environment(kind) for kind in (*PRESETS, *VARIANTS)]
    unheard = [one.place for one in manifest.repairs if not any(map(one.concerns, kinds))]
    assert unheard == []
