"""What the account has already, in AWS's own answers."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.provisioning.belongings import AwsBelongings
from stargate.domain.provisioning.certificates import Certificate
from stargate.domain.provisioning.returning import AccountSecret

OURS = "arn:aws:secretsmanager:us-east-1:111122223333:secret:stargate-one/"
ARN = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def stubbed(monkeypatch):
    """A client of the service that answers what the test says, and nothing else."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    yield lambda service: Stubber(aws.client(service, "us-east-1"))
    aws.client.cache_clear()


def test_a_certificate_is_told_with_all_its_names(stubbed):
    """The first name stands among the alternatives, too, and is told once."""
    told = {"Status": "ISSUED", "DomainName": "a.com", "SubjectAlternativeNames": ["a.com", "*.a.com"]}
    with stubbed("acm") as acm:
        acm.add_response("describe_certificate", {"Certificate": told}, {"CertificateArn": ARN})
        assert AwsBelongings().certificate(ARN) == Certificate("ISSUED", ("a.com", "*.a.com"))


def test_a_certificate_that_is_not_there_is_none_and_a_denial_is_told(stubbed):
    """So that a missing right is never taken for a missing certificate."""
    with stubbed("acm") as acm:
        acm.add_client_error("describe_certificate", "ResourceNotFoundException")
        assert AwsBelongings().certificate(ARN) is None
        acm.add_client_error("describe_certificate", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDenied"):
            AwsBelongings().certificate(ARN)


def test_secrets_are_read_page_by_page(stubbed):
    """Each with whose it was; those that wait to be deleted among them; what only looks alike is left out."""
    asked = {
        "IncludePlannedDeletion": True,
        "Filters": [{"Key": "name", "Values": ["stargate-one/"]}],
    }
    tags = [{"Key": "stargate:environment", "Value": "one"}]
    going = {"Name": "stargate-one/a", "ARN": f"{OURS}a", "DeletedDate": 1, "Tags": tags}
    first = {"SecretList": [going], "NextToken": "more"}
    second = {"SecretList": [{"Name": "stargate-one/b", "ARN": f"{OURS}b"}, {"Name": "Stargate-One/c"}]}
    with stubbed("secretsmanager") as secrets:
        secrets.add_response("list_secrets", first, asked)
        secrets.add_response("list_secrets", second, {**asked, "NextToken": "more"})
        found = AwsBelongings().secrets("us-east-1", "stargate-one/")
    assert found == [
        AccountSecret("stargate-one/a", f"{OURS}a", "one", is_going=True),
        AccountSecret("stargate-one/b", f"{OURS}b", "", is_going=False),
    ]


def test_a_database_is_there_or_not(stubbed):
    """By its identifier."""
    with stubbed("rds") as rds:
        rds.add_response("describe_db_instances", {"DBInstances": [{"DBInstanceStatus": "available"}]})
        assert AwsBelongings().has_database("us-east-1", "stargate-one")
        rds.add_client_error("describe_db_instances", "DBInstanceNotFoundFault")
        assert not AwsBelongings().has_database("us-east-1", "stargate-one")


def test_what_somebody_left_is_told_in_words(stubbed):
    """Log groups, a cluster that still lives, the observer; what only looks alike is not there."""
    insights = "/aws/ecs/containerinsights/stargate-one/"
    groups = {
        "/stargate/one/": ["/stargate/one/litellm"],
        "/aws/rds/instance/stargate-one/": [],
        insights: [f"{insights}performance"],
    }
    with stubbed("logs") as logs, stubbed("ecs") as ecs, stubbed("lambda") as functions:
        for prefix, names in groups.items():
            answer = {"logGroups": [{"logGroupName": name} for name in names]}
            logs.add_response("describe_log_groups", answer, {"logGroupNamePrefix": prefix})
        ecs.add_response(
            "describe_clusters", {"clusters": [{"status": "ACTIVE"}]}, {"clusters": ["stargate-one"]}
        )
        functions.add_response("get_function_configuration", {}, {"FunctionName": "stargate-one-observer"})
        assert AwsBelongings().left_over("us-east-1", "one") == [
            "the log group /stargate/one/litellm",
            "the log group /aws/ecs/containerinsights/stargate-one/performance",
            "the cluster stargate-one",
            "the function stargate-one-observer",
        ]


def test_where_nothing_was_left_nothing_is_told(stubbed):
    """A cluster that was deleted is told of for a while, and holds no name."""
    with stubbed("logs") as logs, stubbed("ecs") as ecs, stubbed("lambda") as functions:
        for _ in range(3):
            logs.add_response("describe_log_groups", {"logGroups": []})
        ecs.add_response("describe_clusters", {"clusters": [{"status": "INACTIVE"}]})
        functions.add_client_error("get_function_configuration", "ResourceNotFoundException")
        assert AwsBelongings().left_over("us-east-1", "one") == []


def test_web_acls_are_looked_for_by_their_whole_name(stubbed):
    """Page by page, among CloudFront's."""
    asked = {"Scope": "CLOUDFRONT"}
    acl = {"Name": "stargate-one"}
    with stubbed("wafv2") as waf:
        waf.add_response("list_web_acls", {"WebACLs": [{"Name": "stargate-one2"}], "NextMarker": "m"}, asked)
        waf.add_response("list_web_acls", {"WebACLs": [acl]}, {**asked, "NextMarker": "m"})
        assert AwsBelongings().web_acls("stargate-one") == ["the web ACL stargate-one"]
