"""What the API offers is what the templates take."""

import pytest

from stargate.domain.life.requests import DATABASE_CLASSES, FARGATE_MEMORY
from stargate.domain.provisioning.quotas import QUOTAS, TASK_CPU
from stargate.usecases.provisioning.beforehand.goods import NAT_INSTANCE
from tests.template.control_plane import statements
from tests.template.gateway_templates import TEMPLATES


@pytest.mark.parametrize(
    ("stack", "parameter", "offered"),
    [("data", "DatabaseClass", DATABASE_CLASSES), ("litellm", "LitellmCpu", FARGATE_MEMORY)],
)
def test_the_offer_is_the_templates(stack, parameter, offered):
    """A request that is accepted is not refused by CloudFormation minutes later."""
    allowed = TEMPLATES[stack]["Parameters"][parameter]["AllowedValues"]
    assert sorted(map(str, allowed)) == sorted(map(str, offered))


def test_quotas_are_counted_with_the_templates_sizes():
    """What a task takes is written in its template, and once more where quotas are counted."""
    sizes = {
        name: resource["Properties"]["Cpu"]
        for stack, template in TEMPLATES.items()
        for name, resource in [(stack, template["Resources"].get("Task"))]
        if resource and stack in TASK_CPU
    }
    sizes["prepare-database"] = TEMPLATES["data"]["Resources"]["PrepareTask"]["Properties"]["Cpu"]
    assert sizes == {name: str(units) for name, units in TASK_CPU.items()}


def test_preflight_may_ask_for_every_quota_that_it_counts():
    """By its ARN, which names service and code: preflight and the plan have the same policy."""
    allowed = {
        resource["Fn::Sub"].rsplit(":", 1)[1]
        for statement in statements("MayLookBeforehand")
        if "servicequotas:GetServiceQuota" in statement.actions
        for resource in statement.resources
    }
    assert allowed == {f"{quota.service}/{quota.code}" for quota in QUOTAS}


def test_the_nat_instance_that_preflight_asks_for_is_the_templates():
    """And the rules that its security group must have room for are those of one prefix list."""
    network = TEMPLATES["network"]["Resources"]
    assert network["NatInstance"]["Properties"]["InstanceType"] == NAT_INSTANCE
    (rule,) = network["BalancerSecurityGroup"]["Properties"]["SecurityGroupIngress"]
    assert "SourcePrefixListId" in rule
