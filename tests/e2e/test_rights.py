"""A function can do what its policy says and nothing else, seen from inside a function."""

import io
import json
import zipfile

import pytest

pytestmark = pytest.mark.cloud

PROBE = '''
import boto3
from botocore.exceptions import ClientError

def handle(event, context):
    """Make one call and tell the error's code, or None."""
    client = boto3.client(event["service"])
    try:
        getattr(client, event["operation"])(**event["arguments"])
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "message": str(error)}
    return {"code": None, "message": ""}
'''


@pytest.fixture(scope="module")
def ask_as_settle_environment(cloud):
    """Call AWS from a function that bears the role of settle_environment."""
    functions = cloud.client("lambda")
    role = functions.get_function(FunctionName="stargate-settle-environment")["Configuration"]["Role"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("probe.py", PROBE)
    functions.create_function(
        FunctionName="rights-probe",
        Runtime="python3.13",
        Handler="probe.handle",
        Role=role,
        Timeout=30,
        Code={"ZipFile": archive.getvalue()},
    )

    def ask(service, operation, **arguments):
        event = {"service": service, "operation": operation, "arguments": arguments}
        answer = functions.invoke(FunctionName="rights-probe", Payload=json.dumps(event))
        return json.loads(answer["Payload"].read())

    yield ask
    functions.delete_function(FunctionName="rights-probe")


@pytest.fixture(scope="module")
def table(cloud):
    return cloud.output("TableName")


def test_a_function_may_do_what_its_policy_says(ask_as_settle_environment, table):
    """Reading the table is in its policy, so the probe is no blanket refusal."""
    key = {"pk": {"S": "env#none"}, "sk": {"S": "environment"}}
    assert ask_as_settle_environment("dynamodb", "get_item", TableName=table, Key=key)["code"] is None


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("cloudformation", "delete_stack", {"StackName": "stargate-orchid-data"}),
        ("secretsmanager", "list_secrets", {}),
        ("s3", "list_buckets", {}),
        ("iam", "list_users", {}),
        ("lambda", "list_functions", {}),
    ],
)
def test_a_function_is_denied_what_its_policy_lacks(ask_as_settle_environment, service, operation, arguments):
    """A call outside its policy is AccessDenied, and the refusal names the role."""
    answer = ask_as_settle_environment(service, operation, **arguments)
    assert answer["code"] in {"AccessDenied", "AccessDeniedException"}, answer
    assert "ettle" in answer["message"]
