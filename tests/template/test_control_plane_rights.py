"""Who may do what: no more than needed, each wide grant with its reason, and enough for every stack."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest

from stargate.domain.gateway.graph import GATEWAY
from stargate.domain.life.drift.detection import UNDETECTED
from stargate.domain.provisioning.rights import MAKING, Place, rights_to_make
from tests.template.control_plane import FUNCTIONS, RESOURCES, TEXT, WORKFLOWS, listed, statements
from tests.template.gateway_templates import TEMPLATES, role_statements
from tests.template.iam_reference import can_be_narrowed, exists, permissions

SERVICE_ROLE = ("MayMakeNetwork", "MayMakeData", "MayMakeServices", "MayMakeEdge")
LOOKING = "MayLookBeforehand"  # what preflight and the plan ask, both by the same policy
AT_GATEWAYS = "LookAtGateways"  # what a rule may ask
BEFORE_DRILLS = "SurveyGateways"  # how a gateway stands, and what is left of its error budget
COMPARING = "MayCompareStacks"  # what CloudFormation reads when it looks for drift
NARROWED = (
    *SERVICE_ROLE,
    "GatewayBoundary",
    LOOKING,
    AT_GATEWAYS,
    BEFORE_DRILLS,
    COMPARING,
    *FUNCTIONS,
    *WORKFLOWS,
)
OWNERS = sorted({statement.owner for statement in statements()})
MANAGED_POLICY_CHARACTERS = 6144  # AWS's limit, white space not counted

# Every statement on "*", by who has it. The reason stands beside each in template.yaml.
ON_EVERYTHING = {
    "MayLookBeforehand": {
        "ec2:DescribeAvailabilityZones", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeVpcs",
        "ec2:DescribeAddresses", "ec2:DescribeNatGateways", "ec2:DescribeSubnets",
        "elasticloadbalancing:DescribeLoadBalancers", "rds:DescribeOrderableDBInstanceOptions",
        "bedrock:GetFoundationModelAvailability", "bedrock:GetUseCaseForModelAccess",
        "secretsmanager:ListSecrets", "servicequotas:GetAWSDefaultServiceQuota", "ce:ListCostAllocationTags",
        "wafv2:ListWebACLs", "logs:DescribeLogGroups", "cloudformation:ListStacks",
    },
    "DeployStackFunction": {
        "states:SendTaskSuccess", "states:SendTaskFailure",
        "application-autoscaling:DescribeScalableTargets",
    },
    "ApiFunction": {"secretsmanager:ListSecrets", "ec2:DescribeAvailabilityZones"},
    "ScaleGatewayFunction": {"application-autoscaling:DescribeScalableTargets"},
    "WatchQuotasFunction": {"cloudwatch:PutMetricData"},
    "RunStepFunction": {"states:SendTaskSuccess", "states:SendTaskFailure"},
    "RemoveStackFunction": {"states:SendTaskSuccess", "states:SendTaskFailure"},

    "CollectBillFunction": {"ce:GetCostAndUsage", "ce:ListCostAllocationTags"},
    "MeterUseFunction": {"cloudwatch:GetMetricData"},
    "RefreshPricesFunction": {"pricing:GetProducts"},
    "RehearseRestoreFunction": {"cloudwatch:GetMetricData"},
    "ScoreDrillFunction": {"rds:DescribeEvents", "cloudwatch:GetMetricData"},
    "SurveyGateways": {"ecs:ListTasks", "ec2:DescribeSubnets", "cloudwatch:GetMetricData"},
    "CheckGatewayFunction": {"elasticloadbalancing:DescribeTargetHealth"},
    "CheckRetiredFunction": {"tag:GetResources", "secretsmanager:ListSecrets"},
    "DisposeDataFunction": {"secretsmanager:ListSecrets", "logs:DescribeLogGroups"},
    "ReleaseCommonFunction": {"secretsmanager:ListSecrets"},
    "PrepareCommonFunction": {"secretsmanager:ListSecrets"},
    "LookAtGateways": {
        "application-autoscaling:DescribeScalableTargets", "cloudwatch:GetMetricData", "ecs:ListTasks",
        "ecs:DescribeTaskDefinition", "ec2:DescribeSubnets", "servicequotas:ListServiceQuotas",
    },
    "MayCompareStacks": {
        "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceAttribute", "ec2:DescribeInstanceCreditSpecifications", "ec2:DescribeInstances",
        "ec2:DescribeInternetGateways", "ec2:DescribeLaunchTemplates", "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
        "ec2:DescribeVolumes", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEncryptionControls",
        "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "ec2:DescribeVpnGateways",
        "elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
        "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions", "ecs:DescribeTaskDefinition",
        "logs:DescribeLogGroups", "logs:DescribeIndexPolicies", "logs:DescribeResourcePolicies",
        "servicediscovery:ListTagsForResource",
    },
    "ExamineDriftFunction": {
        "cloudformation:DescribeStackDriftDetectionStatus", "secretsmanager:ListSecrets",
    },
    "RepairDriftFunction": {
        "application-autoscaling:DescribeScalableTargets", "ec2:DescribeSecurityGroups",
        "secretsmanager:ListSecrets",
    },
    "SleepGatewayFunction": {"application-autoscaling:DescribeScalableTargets"},
    "WakeGatewayFunction": {"application-autoscaling:DescribeScalableTargets"},
    "ExamineConditionsFunction": {"application-autoscaling:DescribeScalingActivities"},
    "ExplainEventFunction": {"application-autoscaling:DescribeScalingActivities"},
    "OperatorsKey": {"kms:*", "kms:Decrypt", "kms:GenerateDataKey"},
    **{
        workflow: {
            "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
        }
        for workflow in WORKFLOWS
    },
    "GatewayBoundary": {
        "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics",
        "tag:GetResources", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
        "ecr:GetAuthorizationToken",
    },
}  # fmt: skip
# By the statement's name: on "*", though IAM could narrow some of it.
WIDE_THOUGH_NARROWABLE = {
    "SeeTheNetwork": {"ec2:DescribeVpcAttribute"},  # beside twenty Describes that cannot be narrowed
    "CompareTheNetwork": {"ec2:DescribeVpcAttribute", "ec2:DescribeInstanceAttribute"},  # the same
    "SeeTheDatabases": {  # lists in which CloudFormation looks for ours among others
        "rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusters", "rds:DescribeDBClusterSnapshots",
    },
    "BeginToNameTheServices": {"servicediscovery:GetOperation"},  # asked before what it makes has an id
    "ReadTheMetrics": {"cloudwatch:GetMetricData"},  # AWS's own metrics are in no dataset
    "MeasureTheGateway": {"cloudwatch:GetMetricData"},  # the same
    "ListTheTasks": {"ecs:ListTasks"},  # ECS decides it by a condition, the cluster
    "ReadMetrics": {"cloudwatch:GetMetricData", "cloudwatch:ListMetrics"},  # the same
    "ReadTheBill": {"ce:GetCostAndUsage"},  # to billing views, of which the account's own bears no known name
    "PublishQuotas": {"cloudwatch:PutMetricData"},  # its condition, the namespace
}  # fmt: skip
ACTION_WILDCARDS = {
    ("OperatorsKey", "kms:*"),  # a key that nobody rules can never be deleted
    ("GatewayBucketPolicy", "s3:*"),  # denies
    ("DeadLettersPolicy", "sqs:*"),  # denies
}

# What the schemas list for features that no template uses. A template that comes to use one fails on AWS with
# the missing permission's name: then it moves from here to the role.
NOT_NEEDED = {
    "application-autoscaling:DeleteScheduledAction": "no scheduled scaling",
    "application-autoscaling:PutScheduledAction": "no scheduled scaling",
    "cloudfront:CreateConnectionGroup": "no multi-tenant distribution",
    "cloudfront:CreateDistributionWithTags": "not an IAM action: the call is allowed by CreateDistribution",
    "cloudfront:GetConnectionGroup": "no multi-tenant distribution",
    "cloudfront:UpdateDistributionWithStagingConfig": "no staging distribution",
    "cognito-idp:DescribeUserPoolClient": "no listener authenticates",
    "ec2:AcceptAddressTransfer": "no address comes from another account",
    "ec2:AssignPrivateNatGatewayAddress": "a NAT gateway keeps the one address it has",
    "ec2:AssociateAddress": "addresses go to NAT gateways, not to instances",
    "ec2:AssociateIamInstanceProfile": "the NAT instance has no role",
    "ec2:AssociateNatGatewayAddress": "a NAT gateway keeps the one address it has",
    "ec2:AssociateSubnetCidrBlock": "no IPv6",
    "ec2:AttachVolume": "the NAT instance has no volume but its own",
    "ec2:AttachVpnGateway": "no VPN",
    "ec2:CreateVpcEncryptionControl": "not asked for",
    "ec2:DetachVolume": "the NAT instance has no volume but its own",
    "ec2:DetachVpnGateway": "no VPN",
    "ec2:DisassociateIamInstanceProfile": "the NAT instance has no role",
    "ec2:DisassociateNatGatewayAddress": "a NAT gateway keeps the one address it has",
    "ec2:DisassociateSubnetCidrBlock": "no IPv6",
    "ec2:ModifyInstanceCreditSpecification": "a t3's credits are left as they are",
    "ec2:ModifyInstanceMaintenanceOptions": "not asked for",
    "ec2:ModifyInstancePlacement": "no placement group",
    "ec2:ModifyPrivateDnsNameOptions": "not asked for",
    "ec2:ModifyVpcTenancy": "not asked for",
    "ec2:MonitorInstances": "no detailed monitoring",
    "ec2:ReplaceIamInstanceProfileAssociation": "the NAT instance has no role",
    "ec2:UnassignPrivateNatGatewayAddress": "a NAT gateway keeps the one address it has",
    "ec2:UnmonitorInstances": "no detailed monitoring",
    "ecr:DeleteLifecyclePolicy": "no lifecycle policy: copies go with their environment",
    "ecr:DeleteRepositoryPolicy": "no repository policy: nobody else's account pulls",
    "ecr:PutLifecyclePolicy": "no lifecycle policy: copies go with their environment",
    "ecr:SetRepositoryPolicy": "no repository policy: nobody else's account pulls",
    "ecs:PutAccountSetting": "the account's settings are its owner's",
    "ecs:PutAccountSettingDefault": "the account's settings are its owner's",
    "elasticfilesystem:CreateReplicationConfiguration": "no replication",
    "elasticfilesystem:DeleteReplicationConfiguration": "no replication",
    "elasticloadbalancing:ModifyIpPools": "no addresses of our own",
    "elasticloadbalancing:SetIpAddressType": "no IPv6",
    "firehose:TagDeliveryStream": "logs go nowhere else",
    "iam:DeleteRolePermissionsBoundary": "no role loses its boundary",
    "iam:ListRoles": "no database takes an IAM role",
    "kms:CreateGrant": "AWS's own keys: their policies grant whoever comes through the service",
    "kms:Decrypt": "AWS's own keys, as above",
    "kms:DescribeKey": "AWS's own keys, as above",
    "kms:Encrypt": "AWS's own keys, as above",
    "kms:GenerateDataKey": "AWS's own keys, as above",
    "kms:GenerateDataKeyWithoutPlaintext": "AWS's own keys, as above",
    "kms:RetireGrant": "AWS's own keys, as above",
    "lambda:DeleteFunctionCodeSigningConfig": "the observer's code is in its template",
    "lambda:DeleteFunctionConcurrency": "no function reserves any",
    "lambda:DeleteProvisionedConcurrencyConfig": "no function is scaled",
    "lambda:GetCodeSigningConfig": "the observer's code is in its template",
    "lambda:GetLayerVersion": "the observer has no layer",
    "lambda:GetProvisionedConcurrencyConfig": "no function is scaled",
    "lambda:PassCapacityProvider": "no function runs on instances of ours",
    "lambda:PublishVersion": "no version is published",
    "lambda:PutFunctionCodeSigningConfig": "the observer's code is in its template",
    "lambda:PutFunctionConcurrency": "no function reserves any",
    "lambda:PutFunctionRecursionConfig": "not asked for",
    "lambda:PutFunctionScalingConfig": "no function is scaled",
    "lambda:PutProvisionedConcurrencyConfig": "no function is scaled",
    "lambda:PutRuntimeManagementConfig": "the runtime's patches come as AWS gives them",
    "logs:AssociateKmsKey": "AWS's own keys, as above",
    "logs:CreateLogDelivery": "logs go nowhere else",
    "logs:DeleteIndexPolicy": "no index policy",
    "logs:DeleteResourcePolicy": "no resource policy",
    "logs:DisassociateKmsKey": "AWS's own keys, as above",
    "logs:PutBearerTokenAuthentication": "not asked for",
    "logs:PutDataProtectionPolicy": "no data protection policy",
    "logs:PutIndexPolicy": "no index policy",
    "logs:PutLogGroupDeletionProtection": "a log goes with its environment",
    "logs:PutResourcePolicy": "no resource policy",
    "rds:AddRoleToDBInstance": "no database takes an IAM role",
    "rds:CreateDBInstanceReadReplica": "no read replica",
    "rds:PromoteReadReplica": "no read replica",
    "rds:RemoveRoleFromDBInstance": "no database takes an IAM role",
    "rds:RestoreDBInstanceFromDBSnapshot": "no restore by template",
    "rds:RestoreDBInstanceToPointInTime": "no restore by template",
    "rds:StartDBInstanceAutomatedBackupsReplication": "no replicated backups",
    "rds:StopDBInstanceAutomatedBackupsReplication": "no replicated backups",
    "s3:GetObject": "the observer's code is in its template",
    "s3:GetObjectVersion": "the observer's code is in its template",
    "s3:REST.PUT.OBJECT": "not an IAM action",
    "s3files:ListMountTargets": "no function mounts files",
    "secretsmanager:RemoveRegionsFromReplication": "no replicated secret",
    "secretsmanager:ReplicateSecretToRegions": "no replicated secret",
    "ssm:CreateAssociation": "nothing is installed by Systems Manager",
    "ssm:DeleteAssociation": "nothing is installed by Systems Manager",
    "ssm:DescribeAssociation": "nothing is installed by Systems Manager",
    "sts:AssumeRole": "the VPC origin's handler assumes a role of CloudFront's own",
    "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation": "a gateway endpoint only",
    "vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation": "a gateway endpoint only",
    "vpce:AllowMultiRegion": "a gateway endpoint only",
}
# What the schemas say that CloudFormation reads to compare a resource, and whoever asks for it may not.
NOT_COMPARED = {
    "kms:Decrypt": "AWS's own keys: their policies grant whoever comes through the service",
    "kms:DescribeKey": "AWS's own keys, as above",
    "ssm:DescribeAssociation": "nothing is installed by Systems Manager",
    "ssm:ListAssociations": "nothing is installed by Systems Manager",
    "vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation": "a gateway endpoint only",
}
# Types whose schemas name no permissions.
UNPUBLISHED = {
    "AWS::ServiceDiscovery::PrivateDnsNamespace": {
        "servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:DeleteNamespace",
        "servicediscovery:GetNamespace", "servicediscovery:GetOperation", "servicediscovery:TagResource",
        "route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:GetHostedZone",
        "route53:ListHostedZonesByName", "route53:AssociateVPCWithHostedZone", "ec2:DescribeVpcs",
        "ec2:DescribeRegions",
    },
}  # fmt: skip

OPERATIONS = ("create", "read", "update", "delete")
TYPES = sorted(
    {resource["Type"] for template in TEMPLATES.values() for resource in template["Resources"].values()}
)
GATEWAY_STACKS = {node.name for node in GATEWAY.stacks}
GRANTED = {action.lower() for statement in statements(*SERVICE_ROLE) for action in statement.actions}


@pytest.mark.parametrize("owner", OWNERS)
def test_every_action_exists(owner):
    """A misspelt action grants nothing, and nobody notices until it is needed."""
    actions = {action for statement in statements(owner) for action in statement.actions}
    assert [action for action in sorted(actions) if "*" not in action and not exists(action)] == []


@pytest.mark.parametrize("owner", OWNERS)
def test_no_action_is_granted_by_wildcard(owner):
    """Each is written out, but for two denials and the key's own rule."""
    wide = {(owner, action) for s in statements(owner) for action in s.actions if "*" in action}
    assert wide <= ACTION_WILDCARDS


@pytest.mark.parametrize("owner", sorted(set(OWNERS) - set(SERVICE_ROLE)))
def test_what_is_granted_on_everything_is_listed_here(owner):
    """A new "*" is a decision: it is taken here and in the template, or not at all."""
    wide = {action for s in statements(owner) if "*" in s.resources for action in s.actions}
    assert wide == ON_EVERYTHING.get(owner, set())


@pytest.mark.parametrize("owner", NARROWED)
def test_what_could_be_narrowed_is(owner):
    """On "*" stands only what IAM decides without looking at a resource."""
    for statement in statements(owner):
        if statement.resources == ("*",):
            narrowable = {action for action in statement.actions if can_be_narrowed(action)}
            assert narrowable == WIDE_THOUGH_NARROWABLE.get(statement.sid, set()), statement.sid


@pytest.mark.parametrize("owner", NARROWED)
def test_what_is_narrowed_can_be(owner):
    """An ARN on an action that IAM decides without one would grant nothing."""
    narrowed = {action for s in statements(owner) if "*" not in s.resources for action in s.actions}
    assert [action for action in sorted(narrowed) if not can_be_narrowed(action)] == []


def test_every_wildcard_line_has_its_reason():
    """A comment on the line or on the one above says why; for the region of our own names none is needed."""
    lines = TEXT.splitlines()
    wide = re.compile(
        r'Resource: "\*"|\$\{AWS::AccountId\}:([a-z-]+/)?\*"|::hostedzone/\*|Action: [a-z0-9]+:\*'
    )
    unexplained = [
        line.strip()
        for above, line in zip(["", *lines], lines, strict=False)
        if wide.search(line)
        and "#" not in line
        and not above.strip().startswith("#")
        and "- !Sub" not in line
    ]
    assert unexplained == []


@pytest.mark.parametrize("resource_type", TYPES)
def test_cloudformations_role_can_do_all_that_a_type_takes(resource_type):
    """Make, read, change and remove it, by AWS's schema; what it does not need is listed with the reason."""
    needed = permissions(resource_type, *OPERATIONS) or UNPUBLISHED[resource_type]
    missing = {permission for permission in needed if permission.lower() not in GRANTED}
    assert missing - set(NOT_NEEDED) == set()


def test_whoever_looks_for_drift_may_read_what_is_compared():
    """CloudFormation reads with the caller's rights; secrets, whose values it would read, are left out."""
    compared = {name: it for name, it in TEMPLATES.items() if name in GATEWAY_STACKS - UNDETECTED}
    types = {one["Type"] for template in compared.values() for one in template["Resources"].values()}
    granted = {one.lower() for s in statements(COMPARING) for one in s.actions}
    needed = {permission for one in types for permission in permissions(one, "read")}
    assert {one for one in needed if one.lower() not in granted} - set(NOT_COMPARED) == set()
    assert set(NOT_COMPARED) - needed == set()
    assert "secretsmanager:getsecretvalue" not in granted
    unneeded = granted - {one.lower() for one in needed} - {"servicediscovery:getnamespace"}
    assert unneeded == set()


@pytest.mark.parametrize("resource_type", TYPES)
def test_preflight_asks_for_what_makes_each_type(resource_type):
    """The call that AWS's schema of the type has for it."""
    asked = set(MAKING[resource_type])
    assert asked <= permissions(resource_type, "create") | UNPUBLISHED.get(resource_type, set())


@pytest.mark.parametrize("resource_type", TYPES)
def test_what_preflight_asks_for_is_granted(resource_type):
    """By our own policies, on the resource that it names: whoever still says no is somebody else."""
    place = Place("aws", "123456789012", "us-east-1", "sandbox")
    rights = rights_to_make([resource_type], place)
    assert rights
    assert [right for right in rights if not _is_granted(right)] == []


def _is_granted(right):
    known = {"AWS::Partition": "aws", "AWS::AccountId": "123456789012"}
    for statement in statements(*SERVICE_ROLE):
        patterns = [
            one["Fn::Sub"] if isinstance(one, dict) and "Fn::Sub" in one else one
            for one in statement.resources
        ]
        filled = [re.sub(r"\$\{([\w:]+)\}", lambda name: known[name[1]], str(one)) for one in patterns]
        if right.action in statement.actions and any(fnmatchcase(right.resource, one) for one in filled):
            return True
    return False


def test_no_exception_is_left_over():
    """What no type asks for any more, or what the role has after all, is no exception."""
    asked = {permission for name in TYPES for permission in permissions(name, *OPERATIONS)}
    assert set(NOT_NEEDED) - asked == set()
    assert [permission for permission in NOT_NEEDED if permission.lower() in GRANTED] == []


def test_cloudformations_role_acts_on_no_service_that_no_template_uses():
    """No more than the gateway's templates need: each service granted is one of theirs."""
    asked = {
        permission.split(":")[0].lower()
        for name in TYPES
        for permission in permissions(name, "create", "read", "update", "delete", "list")
    } | {permission.split(":")[0] for needed in UNPUBLISHED.values() for permission in needed}
    assert {action.split(":")[0] for action in GRANTED} - asked == set()


def test_only_cloudformation_of_this_account_takes_the_role():
    """No other service, and not on behalf of another account."""
    role = RESOURCES["GatewayServiceRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert role["ManagedPolicyArns"] == [{"Ref": name} for name in SERVICE_ROLE]
    assert "Policies" not in role


def test_a_role_is_made_with_the_boundary_or_not_at_all():
    """Whatever gives a role rights is conditioned on the boundary, and nothing may take it away."""
    boundary = {"StringEquals": {"iam:PermissionsBoundary": {"Ref": "GatewayBoundary"}}}
    giving = {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"}
    for statement in statements(*SERVICE_ROLE):
        if giving & set(statement.actions):
            assert statement.condition == boundary
    assert "iam:deleterolepermissionsboundary" not in GRANTED
    assert "iam:createpolicyversion" not in GRANTED


def test_roles_are_passed_to_one_service_each():
    """CloudFormation's role to CloudFormation, a task's role to ECS, and no other role at all."""
    passing = [s for s in statements() if "iam:PassRole" in s.actions]
    passed = {(s.owner, s.condition["StringEquals"]["iam:PassedToService"]) for s in passing}
    assert passed == {
        ("DeployStackFunction", "cloudformation.amazonaws.com"),
        ("PlanEnvironmentFunction", "cloudformation.amazonaws.com"),
        ("RemoveStackFunction", "cloudformation.amazonaws.com"),
        ("ReleaseCommonFunction", "cloudformation.amazonaws.com"),
        ("RunStepFunction", "ecs-tasks.amazonaws.com"),
        ("PerformActionFunction", "ecs-tasks.amazonaws.com"),
        ("RehearseRestoreFunction", "ecs-tasks.amazonaws.com"),
        ("MayMakeEdge", "ecs-tasks.amazonaws.com"),
        ("PrepareCommonFunction", "cloudformation.amazonaws.com"),
        ("MayMakeEdge", "events.amazonaws.com"),
        ("MayMakeEdge", "lambda.amazonaws.com"),
    }
    for statement in passing:
        (resource,) = statement.resources
        service = statement.condition["StringEquals"]["iam:PassedToService"]
        own = {"cloudformation.amazonaws.com": "GatewayServiceRole", "events.amazonaws.com": "ForwarderRole"}
        if service in own:
            assert resource == {"Fn::GetAtt": [own[service], "Arn"]}
        else:
            assert resource["Fn::Sub"].endswith(":role/stargate-*")


def test_whoever_runs_a_step_may_run_the_task_of_each():
    """A step's task is named after the step; no other task is run by that function."""
    (may,) = [s for s in statements("RunStepFunction") if "ecs:RunTask" in s.actions]
    families = [one["Fn::Sub"].rpartition("task-definition/")[2] for one in may.resources]
    assert sorted(families) == sorted(f"stargate-*-{step.name}:*" for step in GATEWAY.steps)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_whoever_moves_bounds_may_change_the_service_they_are_of(function):
    """Application Auto Scaling tries that with the caller's rights, and refuses without them."""
    attached = [one["Ref"] for one in FUNCTIONS[function].get("Policies", []) if "Ref" in one]
    actions = {action for s in statements(function, *attached) for action in s.actions}
    if "application-autoscaling:RegisterScalableTarget" in actions:
        assert {"ecs:DescribeServices", "ecs:UpdateService"} <= actions


def test_the_boundary_allows_what_the_gateways_roles_are_given():
    """A role gets what both its own policy and the boundary allow, so every action of theirs is in it."""
    given = {action for _, statement in role_statements() for action in listed(statement["Action"])}
    allowed = {action for statement in statements("GatewayBoundary") for action in statement.actions}
    assert given - allowed == set()
    assert allowed - given == set()


@pytest.mark.parametrize("policy", [*SERVICE_ROLE, "GatewayBoundary", LOOKING, AT_GATEWAYS, BEFORE_DRILLS])
def test_a_managed_policy_is_within_the_limit(policy):
    """AWS refuses one that is too long."""
    text = json.dumps(RESOURCES[policy]["Properties"]["PolicyDocument"]).replace(" ", "")
    assert len(text) < MANAGED_POLICY_CHARACTERS


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_may_invoke_what_it_calls_and_nothing_else(workflow):
    """Its rights are exactly the functions that its definition is given."""
    called = list(WORKFLOWS[workflow]["DefinitionSubstitutions"].values())
    (invoking,) = [s for s in statements(workflow) if "lambda:InvokeFunction" in s.actions]
    assert list(invoking.resources) == called
