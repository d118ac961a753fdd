"""AWS's refusals by our names, so that workflows can tell what passes by itself from what does not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stargate.adapters.aws import code_of, message_of
from stargate.errors import ActionRefusedError, AwsDeniedError, AwsThrottledError
from stargate.throttles import THROTTLES

if TYPE_CHECKING:
    from collections.abc import Iterator

DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"})
REFUSED_STATUS = range(400, 500)


@contextmanager
def named(call: str) -> Iterator[None]:
    """Name a denial and a throttle of this call; whatever else AWS says goes through unchanged."""
    try:
        yield
    except ClientError as error:
        told = f"{call}: {message_of(error)}"
        if code_of(error) in THROTTLES:
            raise AwsThrottledError(told) from error
        if code_of(error) in DENIALS:
            raise AwsDeniedError(told) from error
        raise


@contextmanager
def refused(call: str) -> Iterator[None]:
    """Of a call that changes something: what AWS would refuse again is ActionRefusedError, with its words."""
    try:
        with named(call):
            yield
    except AwsDeniedError as denied:
        raise ActionRefusedError(str(denied)) from denied
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") in REFUSED_STATUS:
            raise ActionRefusedError(f"{call}: {message_of(error)}") from error
        raise
