"""What the API offers is what the templates take."""

import pytest

from stargate.domain.requests import DATABASE_CLASSES, FARGATE_MEMORY
from tests.template.gateway_templates import TEMPLATES


@pytest.mark.parametrize(
    ("stack", "parameter", "offered"),
    [("data", "DatabaseClass", DATABASE_CLASSES), ("litellm", "LitellmCpu", FARGATE_MEMORY)],
)
def test_the_offer_is_the_templates(stack, parameter, offered):
    """A request that is accepted is not refused by CloudFormation minutes later."""
    allowed = TEMPLATES[stack]["Parameters"][parameter]["AllowedValues"]
    assert sorted(map(str, allowed)) == sorted(map(str, offered))
