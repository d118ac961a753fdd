"""CloudFront's way to a load balancer that has no public address."""

import asyncio

import pytest
from ministack.services import cloudfront

from tests.contract import ministack_in_process


@pytest.fixture
def cloud():
    with ministack_in_process.cloud() as made:
        yield made


def edge(scheme="internal", origin=None):
    return {
        "Balancer": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"Scheme": scheme, "Type": "application"},
        },
        "Origin": {
            "Type": "AWS::CloudFront::VpcOrigin",
            "Properties": {
                "VpcOriginEndpointConfig": {
                    "Name": "stargate-one",
                    "Arn": {"Ref": "Balancer"},
                    "HTTPPort": 80,
                    "OriginProtocolPolicy": "http-only",
                }
            },
        },
        "Distribution": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {
                "DistributionConfig": {
                    "Enabled": True,
                    "DefaultCacheBehavior": {
                        "TargetOriginId": "balancer",
                        "ViewerProtocolPolicy": "redirect-to-https",
                        "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
                    },
                    "Origins": [
                        {
                            "Id": "balancer",
                            "DomainName": {"Fn::GetAtt": ["Balancer", "DNSName"]},
                            "VpcOriginConfig": {"VpcOriginId": origin or {"Fn::GetAtt": ["Origin", "Id"]}},
                        }
                    ],
                }
            },
        },
    }


def failure(cloud, resource):
    (reason,) = [told[2] for told in cloud.told("stargate-one") if told[:2] == (resource, "CREATE_FAILED")]
    return reason


def test_a_distribution_reaches_an_internal_balancer_through_a_vpc_origin(cloud):
    """Both are deployed once the stack stands."""
    stack = asyncio.run(cloud.create("stargate-one", edge()))
    assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told("stargate-one")
    (origin,) = cloudfront._vpc_origins.values()
    assert origin["Status"] == "Deployed"
    (distribution,) = cloudfront._distributions.values()
    assert origin["Id"] in distribution["config_xml"]


def test_a_public_balancer_is_no_vpc_origin(cloud):
    """It would be reached from everywhere all the same."""
    asyncio.run(cloud.create("stargate-one", edge(scheme="internet-facing")))
    assert failure(cloud, "Origin") == "The load balancer of a VPC origin must be internal"


def test_a_vpc_origin_that_is_not_there_fails_the_distribution(cloud):
    """As CreateDistribution would."""
    asyncio.run(cloud.create("stargate-one", edge(origin="vo_no")))
    assert failure(cloud, "Distribution") == "The specified VPC origin does not exist: vo_no"


def test_a_vpc_origin_goes_after_its_distribution(cloud):
    """And nothing of it is left."""

    async def story():
        await cloud.create("stargate-one", edge())
        return await cloud.delete("stargate-one")

    assert asyncio.run(story())["StackStatus"] == "DELETE_COMPLETE"
    assert dict(cloudfront._vpc_origins) == {}
