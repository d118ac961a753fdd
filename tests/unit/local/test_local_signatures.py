"""How old a signature may be in the local cloud, where a second holds a minute."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from ministack.core import sigv4
from ministack.services import s3

from local import schedules
from local.clock import Clock

SCALE = 60.0


@pytest.fixture
def skew():
    """The check as the local cloud installs it, on a clock that has run ahead for an hour of ours."""
    clock = Clock(SCALE, time.time() - 3600)
    before = (sigv4.request_time_failure, sigv4.presigned_request_is_expired)
    schedules.accept_signatures_of_either_clock(clock)

    def failure(age):
        signed = datetime.fromtimestamp(clock.now() - age, UTC).strftime("%Y%m%dT%H%M%SZ")
        return sigv4.request_time_failure(SimpleNamespace(amz_date=signed, service="events"))

    yield failure
    sigv4.request_time_failure, sigv4.presigned_request_is_expired = before
    s3.presigned_request_is_expired = before[1]


@pytest.mark.parametrize("age", [0, 60, 7 * 60, 200 * 60])
def test_what_a_busy_machine_was_slow_to_send_is_still_good(skew, age):
    """Computing is not compressed: seven simulated minutes between signing and arrival are seven seconds."""
    assert skew(age) is None


@pytest.mark.parametrize("age", [400 * 60, -400 * 60])
def test_a_signature_is_not_good_for_ever(skew, age):
    """Five minutes of this machine's time, before or after, are too many."""
    assert skew(age)[0] == "RequestTimeTooSkewed"
