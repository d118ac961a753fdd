"""What AWS would not take just now is told apart from what it would refuse again, at each function's edge."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from stargate.errors import AwsThrottledError, StackFailedError
from stargate.telemetry import observed


class Context:
    function_name = "stargate-any"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:stargate-any"
    aws_request_id = "request-1"


def refusal(code, status=400):
    answer = {
        "Error": {"Code": code, "Message": "in AWS's words"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "DescribeStacks")


def raised_by_a_function(error):
    @observed
    def handle(_event, _context):
        raise error

    with pytest.raises(Exception) as raised:  # noqa: PT011  (which one it is, is the question)
        handle({}, Context())
    return raised.value


@pytest.mark.parametrize(
    "error",
    [
        refusal("Throttling"),
        refusal("RequestLimitExceeded", 503),
        refusal("ProvisionedThroughputExceededException"),
        refusal("InternalFailure", 500),
        EndpointConnectionError(endpoint_url="https://cloudformation"),
        ReadTimeoutError(endpoint_url="https://cloudformation"),
    ],
    ids=lambda error: str(error)[:40],
)
def test_what_passes_by_itself_is_one_error_for_the_workflows(error):
    """With AWS's own words, and where it came from."""
    raised = raised_by_a_function(error)
    assert type(raised) is AwsThrottledError
    assert str(error) in str(raised)
    assert raised.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [refusal("AccessDenied", 403), refusal("ValidationError"), StackFailedError("no"), ValueError("ours")],
    ids=lambda error: str(error)[:40],
)
def test_what_does_not_pass_stays_as_it_is(error):
    """Repeating it would only take longer."""
    assert raised_by_a_function(error) is error
