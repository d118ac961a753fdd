"""How long CloudFormation typically takes to create and to delete each type of resource.

One table for two readers: the estimate that a user sees (typical seconds of a stack, from the longest path
through its resources) and the local cloud, which spreads its stacks over the same time. Values are rounded
from logs and documents that anybody can read; a value nobody has published says that it is an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ESTIMATE = "estimate: no published figure found"
_GITHUB = "https://github.com/"


@dataclass(frozen=True)
class Typical:
    create: float
    delete: float
    source: str  # of the time to create; times to delete are estimates


_SECURITY_RULES = _GITHUB + "hashicorp-education/learn-terraform-variables/pull/6 (rules 2-5 s)"
_RDS = _GITHUB + "hashicorp/terraform/issues/498 (Multi-AZ 15-20 minutes, single zone 5-10)"
_EFS = _GITHUB + "turbot/steampipe-plugin-aws/pull/426 (file system 12 s, mount target beyond 60 s)"
_VPC = _GITHUB + "turbot/steampipe-plugin-aws/pull/426 (VPC 18 s, subnet 6 s)"
_ECS_CLUSTER = _GITHUB + "amazon-archives/ecs-mxnet-example/issues/4 (stack events: 1 s)"
_CLOUDFRONT = _GITHUB + "binbashar/le-tf-infra-aws/pull/408 (195 s)"
# Inside a VPC, as the observer is: its network interfaces are made before and cleaned up after.
_LAMBDA = (
    "https://aws.amazon.com/blogs/compute/announcing-improved-vpc-networking-for-aws-lambda-functions"
    " (90 s); " + _GITHUB + "awslabs/aws-support-tools/pull/174 (up to 20 minutes to delete)"
)
_VPC_ORIGIN = _GITHUB + "terraform-aws-modules/terraform-aws-cloudfront/issues/163 (15 minutes and more)"

# Of operations that are no resource's creation. Estimates: a stop ends with a shutdown, a start with crash
# recovery and a standby, and AWS publishes neither.
STOP_DATABASE, START_DATABASE = 240.0, 420.0
STEP_SECONDS = 90.0  # a Fargate task: about a minute to start, and half a minute of migrations

DEFAULT = Typical(5, 5, ESTIMATE)

TYPICAL: Mapping[str, Typical] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Typical(3, 3, ESTIMATE),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Typical(3, 3, ESTIMATE),
    "AWS::Backup::BackupPlan": Typical(5, 5, ESTIMATE),
    "AWS::Bedrock::ApplicationInferenceProfile": Typical(10, 5, ESTIMATE),
    "AWS::CloudFront::Distribution": Typical(195, 300, _CLOUDFRONT),
    "AWS::CloudFront::VpcOrigin": Typical(900, 900, _VPC_ORIGIN),
    "AWS::CloudWatch::Alarm": Typical(3, 2, ESTIMATE),
    "AWS::EC2::EIP": Typical(15, 5, ESTIMATE),
    "AWS::EC2::Instance": Typical(30, 45, ESTIMATE),
    "AWS::EC2::InternetGateway": Typical(15, 5, ESTIMATE),
    "AWS::EC2::NatGateway": Typical(105, 60, ESTIMATE),
    "AWS::EC2::Route": Typical(10, 10, ESTIMATE),
    "AWS::EC2::RouteTable": Typical(8, 5, ESTIMATE),
    "AWS::EC2::SecurityGroup": Typical(6, 5, ESTIMATE),
    "AWS::EC2::SecurityGroupEgress": Typical(4, 3, _SECURITY_RULES),
    "AWS::EC2::SecurityGroupIngress": Typical(4, 3, _SECURITY_RULES),
    "AWS::EC2::Subnet": Typical(6, 5, _VPC),
    "AWS::EC2::SubnetRouteTableAssociation": Typical(5, 5, ESTIMATE),
    "AWS::EC2::VPC": Typical(18, 5, _VPC),
    "AWS::EC2::VPCEndpoint": Typical(20, 10, ESTIMATE),
    "AWS::EC2::VPCGatewayAttachment": Typical(15, 10, ESTIMATE),
    "AWS::ECR::Repository": Typical(5, 5, ESTIMATE),
    "AWS::ECS::Cluster": Typical(3, 10, _ECS_CLUSTER),
    "AWS::ECS::Service": Typical(120, 150, ESTIMATE),
    "AWS::ECS::TaskDefinition": Typical(3, 3, ESTIMATE),
    "AWS::EFS::AccessPoint": Typical(10, 10, ESTIMATE),
    "AWS::EFS::FileSystem": Typical(12, 10, _EFS),
    "AWS::EFS::MountTarget": Typical(90, 30, _EFS),
    "AWS::ElasticLoadBalancingV2::Listener": Typical(3, 3, ESTIMATE),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Typical(3, 3, ESTIMATE),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Typical(150, 30, ESTIMATE),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Typical(5, 5, ESTIMATE),
    "AWS::IAM::InstanceProfile": Typical(120, 5, ESTIMATE),
    "AWS::IAM::ManagedPolicy": Typical(17, 5, ESTIMATE),
    "AWS::IAM::Policy": Typical(15, 5, ESTIMATE),
    "AWS::IAM::Role": Typical(17, 5, ESTIMATE),
    "AWS::Lambda::Function": Typical(90, 1200, _LAMBDA),
    "AWS::Logs::LogGroup": Typical(4, 3, ESTIMATE),
    "AWS::RDS::DBInstance": Typical(900, 420, _RDS),
    "AWS::RDS::DBParameterGroup": Typical(10, 5, ESTIMATE),
    "AWS::RDS::DBSubnetGroup": Typical(5, 5, ESTIMATE),
    "AWS::SecretsManager::Secret": Typical(5, 5, ESTIMATE),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Typical(50, 50, ESTIMATE),
    "AWS::ServiceDiscovery::Service": Typical(5, 5, ESTIMATE),
    "AWS::WAFv2::WebACL": Typical(10, 10, ESTIMATE),
    "AWS::WAFv2::WebACLAssociation": Typical(10, 10, ESTIMATE),
}


def seconds_to_create(resource_type: str) -> float:
    return TYPICAL.get(resource_type, DEFAULT).create


def seconds_to_delete(resource_type: str) -> float:
    return TYPICAL.get(resource_type, DEFAULT).delete


def longest_path(
    resources: Mapping[str, tuple[str, Iterable[str]]],
    seconds: Callable[[str], float] = seconds_to_create,
) -> float:
    """Seconds until the last of the resources stands, when each starts as soon as all that it needs stand.

    `resources` is {logical id: (type, logical ids it needs)}; needs outside of it are taken to stand already.
    Deleting runs over the same graph backwards, so its longest path is the same with `seconds_to_delete`.
    """
    stands_after: dict[str, float] = {}

    def stands(name: str, waiting: tuple[str, ...]) -> float:
        if name in waiting:
            raise ValueError(f"{' needs '.join((*waiting, name))}: a circle never stands")
        if name not in stands_after:
            resource_type, needs = resources[name]
            start = max((stands(need, (*waiting, name)) for need in needs if need in resources), default=0.0)
            stands_after[name] = start + seconds(resource_type)
        return stands_after[name]

    return max((stands(name, ()) for name in resources), default=0.0)
