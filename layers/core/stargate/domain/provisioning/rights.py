"""What CloudFormation's role must be allowed to make an environment, asked before anything is made.

For each type the call that makes it, from AWS's schema of the type. The role's own policies grant them all,
but an organization may deny what an account grants, in a region or altogether, and people change roles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Type → what makes it → on what, as `service:resource` of the ARN, or * where IAM looks at no resource.
MAKING: Mapping[str, Mapping[str, str]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": {
        "application-autoscaling:RegisterScalableTarget": "application-autoscaling:scalable-target/0"
    },
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        "application-autoscaling:PutScalingPolicy": "application-autoscaling:scalable-target/0"
    },
    "AWS::Bedrock::ApplicationInferenceProfile": {
        "bedrock:CreateInferenceProfile": "bedrock:application-inference-profile/0"
    },
    "AWS::CloudFront::Distribution": {"cloudfront:CreateDistribution": "*"},
    "AWS::CloudFront::VpcOrigin": {"cloudfront:CreateVpcOrigin": "*"},
    "AWS::CloudWatch::Alarm": {"cloudwatch:PutMetricAlarm": "cloudwatch:alarm:stargate-{name}-0"},
    "AWS::EC2::EIP": {"ec2:AllocateAddress": "ec2:elastic-ip/*"},
    "AWS::EC2::Instance": {"ec2:RunInstances": "ec2:instance/*"},
    "AWS::EC2::InternetGateway": {"ec2:CreateInternetGateway": "ec2:internet-gateway/*"},
    "AWS::EC2::NatGateway": {"ec2:CreateNatGateway": "ec2:natgateway/*"},
    "AWS::EC2::Route": {"ec2:CreateRoute": "ec2:route-table/*"},
    "AWS::EC2::RouteTable": {"ec2:CreateRouteTable": "ec2:route-table/*"},
    "AWS::EC2::SecurityGroup": {"ec2:CreateSecurityGroup": "ec2:security-group/*"},
    "AWS::EC2::SecurityGroupIngress": {"ec2:AuthorizeSecurityGroupIngress": "ec2:security-group/*"},
    "AWS::EC2::Subnet": {"ec2:CreateSubnet": "ec2:subnet/*"},
    "AWS::EC2::SubnetRouteTableAssociation": {"ec2:AssociateRouteTable": "ec2:route-table/*"},
    "AWS::EC2::VPC": {"ec2:CreateVpc": "ec2:vpc/*"},
    "AWS::EC2::VPCEndpoint": {"ec2:CreateVpcEndpoint": "ec2:vpc-endpoint/*"},
    "AWS::EC2::VPCGatewayAttachment": {"ec2:AttachInternetGateway": "ec2:internet-gateway/*"},
    "AWS::ECR::Repository": {"ecr:CreateRepository": "ecr:repository/stargate-{name}"},
    "AWS::ECS::Cluster": {"ecs:CreateCluster": "ecs:cluster/stargate-{name}"},
    "AWS::ECS::Service": {"ecs:CreateService": "ecs:service/stargate-{name}/0"},
    "AWS::ECS::TaskDefinition": {
        "ecs:RegisterTaskDefinition": "ecs:task-definition/stargate-{name}-0:1",
        "iam:PassRole": "iam:role/stargate-{name}-0",
    },
    "AWS::EFS::AccessPoint": {"elasticfilesystem:CreateAccessPoint": "elasticfilesystem:file-system/*"},
    "AWS::EFS::FileSystem": {"elasticfilesystem:CreateFileSystem": "*"},
    "AWS::EFS::MountTarget": {"elasticfilesystem:CreateMountTarget": "elasticfilesystem:file-system/*"},
    "AWS::ElasticLoadBalancingV2::Listener": {
        "elasticloadbalancing:CreateListener": "elasticloadbalancing:loadbalancer/app/*"
    },
    "AWS::ElasticLoadBalancingV2::ListenerRule": {
        "elasticloadbalancing:CreateRule": "elasticloadbalancing:listener/app/*"
    },
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {
        "elasticloadbalancing:CreateLoadBalancer": "elasticloadbalancing:loadbalancer/app/*"
    },
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
        "elasticloadbalancing:CreateTargetGroup": "elasticloadbalancing:targetgroup/*"
    },
    "AWS::Events::Rule": {"events:PutRule": "events:rule/stargate-events-go-home"},
    "AWS::IAM::Role": {
        "iam:CreateRole": "iam:role/stargate-{name}-0",
        "iam:PutRolePolicy": "iam:role/stargate-{name}-0",
    },
    "AWS::Lambda::Function": {"lambda:CreateFunction": "lambda:function:stargate-{name}-observer"},
    "AWS::Logs::LogGroup": {"logs:CreateLogGroup": "logs:log-group:/stargate/{name}/0"},
    "AWS::RDS::DBInstance": {"rds:CreateDBInstance": "rds:db:stargate-{name}"},
    "AWS::RDS::DBParameterGroup": {"rds:CreateDBParameterGroup": "rds:pg:stargate-{name}-0"},
    "AWS::RDS::DBSubnetGroup": {"rds:CreateDBSubnetGroup": "rds:subgrp:stargate-{name}-0"},
    "AWS::SecretsManager::Secret": {"secretsmanager:CreateSecret": "secretsmanager:secret:stargate-{name}/0"},
    "AWS::ServiceDiscovery::PrivateDnsNamespace": {
        "servicediscovery:CreatePrivateDnsNamespace": "*",
        "route53:CreateHostedZone": "*",
    },
    "AWS::ServiceDiscovery::Service": {"servicediscovery:CreateService": "servicediscovery:namespace/*"},
    "AWS::WAFv2::WebACL": {"wafv2:CreateWebACL": "wafv2:global/webacl/stargate-{name}/0"},
}
WITHOUT_REGION = frozenset({"iam", "route53", "cloudfront"})


@dataclass(frozen=True)
class Right:
    action: str
    resource: str = "*"

    @property
    def service(self) -> str:
        return self.action.split(":")[0]


@dataclass(frozen=True)
class Place:
    """Where something is made and for whom: what an ARN is built of."""

    partition: str
    account: str
    region: str
    name: str


def rights_to_make(types: Iterable[str], place: Place) -> tuple[Right, ...]:
    """Each once, in the order of the types; a type that is not in the table needs none that we know of."""
    found = dict.fromkeys(
        Right(action, _arn(resource, place))
        for kind in types
        for action, resource in MAKING.get(kind, {}).items()
    )
    return tuple(found)


def _arn(resource: str, place: Place) -> str:
    if resource == "*":
        return resource
    service, _, rest = resource.partition(":")
    region = "" if service in WITHOUT_REGION else place.region
    return f"arn:{place.partition}:{service}:{region}:{place.account}:{rest.format(name=place.name)}"


def refusals(refused: Mapping[Right, str], region: str) -> Iterator[str]:
    """One fault for each reason, with all that it refuses and the way out."""
    by_reason: dict[str, list[str]] = {}
    for right, reason in refused.items():
        by_reason.setdefault(reason, []).append(right.action)
    for reason, actions in by_reason.items():
        yield (f"CloudFormation's role may not {', '.join(dict.fromkeys(actions))} in {region}: {reason}")
