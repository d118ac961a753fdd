"""AWS's ways to say: not now. Told apart from what it would refuse again, without importing its client."""

from __future__ import annotations

from stargate.errors import AwsThrottledError

# Those that botocore itself repeats; here they come when its retries are used up.
THROTTLES = frozenset(
    {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException"}
    | {"RequestThrottled", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
    | {"ProvisionedThroughputExceededException", "ThrottlingError", "ProvisionedThroughputExceeded"}
    | {"BandwidthLimitExceeded", "PriorRequestNotComplete", "TransactionInProgressException"}
)
UNANSWERED = frozenset(
    {"ConnectTimeoutError", "ReadTimeoutError", "EndpointConnectionError", "ConnectionClosedError"}
)
OWN_TROUBLE = 500  # and above: AWS's status when the trouble is its own


def throttle_in(error: BaseException) -> AwsThrottledError | None:
    """What a client's error says, if it says that the same call may well succeed a little later."""
    if type(error).__name__ in UNANSWERED:
        return AwsThrottledError(f"AWS did not answer: {error}")
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return None
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if answer.get("Error", {}).get("Code") in THROTTLES or status >= OWN_TROUBLE:
        return AwsThrottledError(str(error))
    return None
