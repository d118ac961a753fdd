"""Rules of the house that hold for every template of the gateway."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import botocore.session
import pytest
import yaml

from stargate.domain.gateway.graph import GATEWAY as GRAPH
from tests.template.gateway_templates import (
    GATEWAY,
    TEMPLATES,
    TEXTS,
    mirrored_images,
    resources_of_type,
    role_statements,
    walk,
)
from tests.template.iam_reference import exists

ENVIRONMENT_LEVEL = {
    "Environment", "EnvironmentId", "Preset", "VpcCidr", "ZoneCount", "Nat", "BalancerScheme",
    "Domain", "CertificateArn", "Spot", "CpuArchitecture",
    "LitellmCpu", "LitellmMemory", "LitellmMinTasks", "LitellmMaxTasks", "GrafanaTasks", "LangfuseTasks",
    "DatabaseClass", "DatabaseStorage", "DatabaseMaxStorage", "DatabaseMultiAz", "MirrorImages",
    "GatewayBucket", "GatewayVersion", "BedrockRegion", "BoundaryArn",
}  # fmt: skip
CLOUDFORMATION_BYTES = 51_200

every_stack = pytest.mark.parametrize("stack", TEMPLATES)


def outputs_of_needs(stack: str) -> set[str]:
    return {
        output
        for need in GRAPH.all_needs(stack)
        if need in TEMPLATES
        for output in TEMPLATES[need].get("Outputs", {})
    }


def test_every_stack_of_the_graph_has_a_template_and_no_template_lacks_a_stack():
    """The graph and the folder speak of the same stacks, but for the one that each region has once."""
    assert {node.name for node in GRAPH.stacks} | {"region"} == set(TEMPLATES)


def test_cfn_lint_finds_nothing():
    """AWS's own schemas accept every template, with no rule switched off."""
    lint = subprocess.run(
        [
            Path(sys.executable).with_name("cfn-lint"),
            *(GATEWAY / f"stacks/{name}.yaml" for name in TEMPLATES),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (lint.returncode, lint.stdout) == (0, "")


@pytest.mark.parametrize("stack", [node.name for node in GRAPH.stacks])
def test_a_parameter_is_the_environments_or_the_output_of_a_stack_it_needs(stack):
    """So that every value can be passed on by its name alone."""
    parameters = set(TEMPLATES[stack].get("Parameters", {}))
    assert parameters - ENVIRONMENT_LEVEL - outputs_of_needs(stack) == set()


def test_no_two_stacks_give_out_the_same_name():
    """An output's name says whose it is."""
    outputs = sorted(output for template in TEMPLATES.values() for output in template.get("Outputs", {}))
    assert [name for name, following in pairwise(outputs) if name == following] == []


@every_stack
def test_stacks_pass_values_on_and_never_export_them(stack):
    """Exports block replacement and do not cross regions."""
    keys = [key for value in walk(TEMPLATES[stack]) if isinstance(value, dict) for key in value]
    assert {"Export", "Fn::ImportValue"} & set(keys) == set()


@every_stack
def test_a_template_fits_into_a_request(stack):
    """Larger ones could not be validated or deployed by hand without a bucket."""
    assert len(TEXTS[stack].encode()) < CLOUDFORMATION_BYTES


@every_stack
def test_no_account_and_no_zone_is_written_down(stack):
    """A template works in any account; zones come from the region."""
    assert re.findall(r"\b\d{12}\b|\b[a-z]{2}-[a-z]+-\d[a-f]\b", TEXTS[stack]) == []


@every_stack
def test_a_region_is_named_only_where_aws_gives_each_its_own_number(stack):
    """The prefix list's id is such a number; comments may speak of regions."""
    code = "\n".join(re.sub(r"(^|\s)#.*|^Description:.*", "", line) for line in TEXTS[stack].splitlines())
    expected = ["us-east-1", "us-west-1"] if stack == "network" else []
    assert re.findall(r"\b[a-z]{2}-[a-z]+-\d\b", code) == expected


@every_stack
def test_a_template_uses_no_yaml_aliases(stack):
    """CloudFormation does not read them."""
    tokens = [type(token) for token in yaml.scan(TEXTS[stack])]
    assert yaml.AliasToken not in tokens
    assert yaml.AnchorToken not in tokens


def _characters_of_a_description() -> set[str]:
    """What EC2's model says in prose alone and no schema holds; the rule for lists is the narrowest."""
    model = botocore.session.get_session().get_service_model("ec2")
    prose = model.shape_for("PrefixListId").members["Description"].documentation
    marks = re.search(r"Allowed characters are a-z, A-Z, 0-9, spaces, and (\S+)</p>", prose)[1]
    return {*string.ascii_letters, *string.digits, " ", *marks}


def test_ec2_takes_every_description_of_a_security_group_and_its_rules():
    """An apostrophe is enough for it to refuse the whole group, and the network with it."""
    allowed = _characters_of_a_description()
    assert "'" not in allowed
    refused = [
        (name, text)
        for kind in ("SecurityGroup", "SecurityGroupIngress")
        for _, name, properties in resources_of_type(f"AWS::EC2::{kind}")
        for one in walk(properties)
        if isinstance(one, dict)
        for key, text in one.items()
        if key in {"Description", "GroupDescription"} and (set(text) - allowed or len(text) > 255)
    ]
    assert refused == []


def test_every_role_stays_within_the_boundary():
    """A stack can make no role with more rights than the boundary leaves."""
    without = [
        (stack, name)
        for stack, name, role in resources_of_type("AWS::IAM::Role")
        if role.get("PermissionsBoundary") != {"Ref": "BoundaryArn"}
    ]
    assert without == []


def test_every_wildcard_resource_says_why():
    """A statement that is for everything carries its reason on the same line."""
    bare = [
        line.strip()
        for text in TEXTS.values()
        for line in text.splitlines()
        if re.search(r'Resource: "\*"', line) and "#" not in line
    ]
    assert bare == []


def test_a_tasks_own_role_is_not_the_one_that_starts_it():
    """What an application can read is less than what is injected into it."""
    same = [
        stack
        for stack, _, task in resources_of_type("AWS::ECS::TaskDefinition")
        if task["TaskRoleArn"] == task["ExecutionRoleArn"]
    ]
    assert same == []


def test_tasks_read_configuration_of_their_own_only():
    """Each role's S3 rights are one folder of one published version."""
    actions = [
        (stack, statement["Resource"]["Fn::Sub"])
        for stack, statement in role_statements()
        if statement["Action"] == "s3:GetObject"
    ]
    readers = ("data", "grafana", "litellm", "victoria-metrics")
    published = "arn:${AWS::Partition}:s3:::${GatewayBucket}/gateway/${GatewayVersion}/config"
    folder = {"data": "database"}
    assert actions == [(stack, f"{published}/{folder.get(stack, stack)}/*") for stack in readers]


def test_no_log_is_kept_for_ever():
    """Each group has a retention and goes with its environment."""
    assert {
        properties["RetentionInDays"] for _, _, properties in resources_of_type("AWS::Logs::LogGroup")
    } == {30}


def test_services_propagate_tags_and_take_a_bad_deployment_back():
    """Tasks bear their environment's tags; a bad image ends in the last good one."""
    for _, _, service in resources_of_type("AWS::ECS::Service"):
        assert service["PropagateTags"] == "SERVICE"
        assert service["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {
            "Enable": True,
            "Rollback": True,
        }


def test_a_service_that_scales_carries_no_count():
    """A number in the template would undo the scaling with every update."""
    scaled = {stack for stack, _, _ in resources_of_type("AWS::ApplicationAutoScaling::ScalableTarget")}
    counted = {
        stack for stack, _, service in resources_of_type("AWS::ECS::Service") if "DesiredCount" in service
    }
    assert scaled == {"litellm"}
    assert counted == {"grafana", "langfuse", "victoria-metrics"}


def test_no_route_answers_without_our_distributions_header():
    """CloudFront's prefix list admits anybody's distribution, the header only ours."""
    for _, _, rule in resources_of_type("AWS::ElasticLoadBalancingV2::ListenerRule"):
        headers = {
            condition["HttpHeaderConfig"]["HttpHeaderName"]: condition["HttpHeaderConfig"]["Values"]
            for condition in rule["Conditions"]
            if condition["Field"] == "http-header"
        }
        assert headers["x-stargate-origin"] == [{"Fn::Sub": "{{resolve:secretsmanager:${OriginSecretArn}}}"}]


def test_routes_are_tried_in_an_order_of_their_own():
    """No two services claim the same priority, and the catch-all comes last."""
    rules = sorted(
        (rule["Priority"], stack, name)
        for stack, name, rule in resources_of_type("AWS::ElasticLoadBalancingV2::ListenerRule")
    )
    assert len({priority for priority, _, _ in rules}) == len(rules)
    assert rules[-1][1:] == ("langfuse", "Route")


def test_a_route_has_no_more_conditions_than_a_balancer_allows():
    """An Application Load Balancer takes five condition values per rule."""
    for _, _, rule in resources_of_type("AWS::ElasticLoadBalancingV2::ListenerRule"):
        values = [
            value
            for condition in rule["Conditions"]
            for config in condition.values()
            if isinstance(config, dict)
            for value in config["Values"]
        ]
        assert len(values) <= 5


def test_images_are_pinned_in_one_place_and_to_a_version():
    """The network stack's mapping, from where they travel as outputs."""
    images = [entry["Image"] for entry in TEMPLATES["network"]["Mappings"]["Images"].values()]
    assert all(re.fullmatch(r"[^:]+:v?\d+\.\d+[^:]*", image) for image in images)
    used = [
        container["Image"]
        for _, _, task in resources_of_type("AWS::ECS::TaskDefinition")
        for container in task["ContainerDefinitions"]
    ]
    assert all(image["Ref"] in TEMPLATES["network"]["Outputs"] for image in used)


def test_a_mirrored_image_is_named_as_the_copying_task_names_it():
    """Its tag is the pin's name and version, and every image that a task runs has its pin."""
    outputs = TEMPLATES["network"]["Outputs"]
    pins = {key[:-5]: value["Value"] for key, value in outputs.items() if "Fn::If" in str(value.get("Value"))}
    pins = {key: value for key, value in pins.items() if key + "Image" in outputs}
    named = {}
    for key, value in pins.items():
        condition, copy, published = value["Fn::If"]
        text, parts = copy["Fn::Sub"]
        assert condition == "Mirrored"
        assert published == {"Fn::FindInMap": ["Images", key, "Image"]}
        assert parts == {"Version": {"Fn::Select": [1, {"Fn::Split": [":", published]}]}}
        name = re.fullmatch(r".+/stargate-\$\{Environment\}:([a-z-]+)-\$\{Version\}", text)[1]
        named[name] = TEMPLATES["network"]["Mappings"]["Images"][key]["Image"]
    assert named == mirrored_images()
    used = {
        container["Image"]["Ref"]
        for stack, _, task in resources_of_type("AWS::ECS::TaskDefinition")
        for container in task["ContainerDefinitions"]
        if stack != "images"
    }
    assert used == {f"{key}Image" for key in pins}
    assert TEMPLATES["images"]["Resources"]["Repository"]["Properties"]["RepositoryName"] == {
        "Fn::Sub": "stargate-${Environment}"
    }


def test_whoever_starts_tasks_may_pull_a_mirrored_image():
    """Each execution role, from the environment's own repository and no other."""
    for stack, _, task in resources_of_type("AWS::ECS::TaskDefinition"):
        role = task["ExecutionRoleArn"]["Fn::GetAtt"][0]
        policies = TEMPLATES[stack]["Resources"][role]["Properties"]["Policies"]
        allowed = {
            (action, str(statement["Resource"]))
            for policy in policies
            for statement in policy["PolicyDocument"]["Statement"]
            for action in (
                statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            )
            if action.startswith("ecr:")
        }
        pulled = {(action, place.rpartition(":")[2].rstrip("'}")) for action, place in allowed}
        own = "repository/stargate-${Environment"
        expected = {
            ("ecr:GetAuthorizationToken", "*"),
            ("ecr:BatchGetImage", own),
            ("ecr:GetDownloadUrlForLayer", own),
        }
        assert pulled == (set() if stack == "images" else expected), stack


def test_secrets_reach_a_container_by_reference_only():
    """No password stands in a template, an environment variable or a command."""
    for _, _, task in resources_of_type("AWS::ECS::TaskDefinition"):
        for container in task["ContainerDefinitions"]:
            for entry in container.get("Secrets", []):
                assert "Arn" in str(entry["ValueFrom"])
            assert "resolve:" not in str([container.get("Environment"), container.get("Command")])


def test_everything_at_rest_is_encrypted():
    """Database and file system; secrets and logs are by themselves."""
    assert TEMPLATES["data"]["Resources"]["Database"]["Properties"]["StorageEncrypted"] is True
    assert TEMPLATES["storage"]["Resources"]["FileSystem"]["Properties"]["Encrypted"] is True


def test_what_outlives_its_environment_is_handed_to_the_control_plane():
    """The database leaves a last snapshot and every secret stays, for the removal to decide."""
    kept = {
        (resource["Type"], resource["DeletionPolicy"])
        for template in TEMPLATES.values()
        for resource in template["Resources"].values()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    # A creation that is rolled back takes its secrets along: their names would be taken for the next.
    assert kept == {
        ("AWS::RDS::DBInstance", "Snapshot"),
        ("AWS::SecretsManager::Secret", "RetainExceptOnCreate"),
    }
    policies = {secret["DeletionPolicy"] for secret in TEMPLATES["secrets"]["Resources"].values()}
    assert policies == {"RetainExceptOnCreate"}


def test_every_action_of_every_policy_exists():
    """Roles' policies, and those of what they reach; a misspelt one grants nothing, and denies nothing."""
    found = set()
    for statement in (one for one in walk(TEMPLATES) if isinstance(one, dict) and "Effect" in one):
        actions = statement["Action"]
        found |= set(actions if isinstance(actions, list) else [actions])
    assert {"ecr:PutImage", "elasticfilesystem:ClientMount", "sts:AssumeRole"} <= found
    assert [action for action in sorted(found - {"*"}) if not exists(action)] == []
