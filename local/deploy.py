"""The control plane, deployed to the local cloud by the very tools that deploy it to AWS."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from local.cloud import PROJECT, CloudError
from local.people import Person

STACK = "stargate"
REGION = "us-east-1"
_BUILD = PROJECT / ".aws-sam" / "local"
_SOURCES = ("template.yaml", "samconfig.toml", "functions", "layers", "gateway", "statemachines")
_WENT_WRONG = ("_FAILED", "ROLLBACK_IN_PROGRESS")
_SAM = Path(sys.executable).parent / "sam"


def deploy(endpoint: str, person: Person) -> str:
    """Build and deploy; the answer is the API's base URL at the local cloud."""
    environment = {
        **os.environ,
        **person.environment(endpoint, REGION),
        "SAM_CLI_TELEMETRY": "0",
        # MiniStack runs functions with its own interpreter, so that is what compiled packages must fit.
        "STARGATE_INTERPRETER": sys.executable,
    }
    for unwanted in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(unwanted, None)
    _build(environment)
    stacks = _stacks(endpoint, person)
    try:
        _sam(["deploy", "--template-file", str(_BUILD / "template.yaml")], environment)
    except CloudError as error:
        raise CloudError("\n".join(_reasons(stacks) or [str(error)])) from error
    return endpoint + _api_path(stacks)


def _build(environment: dict[str, str]) -> None:
    """Build, unless this very source was built before by this interpreter."""
    mark = _BUILD / "stargate-sources"
    sources = _fingerprint()
    if mark.exists() and mark.read_text() == sources:
        return
    _sam(["build", "--build-dir", str(_BUILD)], environment)
    mark.write_text(sources)


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.executable.encode())
    for path in sorted(file for source in _SOURCES for file in _files(PROJECT / source)):
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _sam(arguments: list[str], environment: dict[str, str]) -> None:
    section = ["--config-file", str(PROJECT / "samconfig.toml"), "--config-env", "local"]
    ran = subprocess.run(
        [_SAM, *arguments, *section],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise CloudError(f"sam {arguments[0]} failed:\n{ran.stderr[-3000:]}")


def _stacks(endpoint: str, person: Person) -> Any:
    return boto3.client(
        "cloudformation",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=person.access_key_id,
        aws_secret_access_key=person.secret_access_key,
    )


def _reasons(stacks: Any) -> list[str]:
    """What failed, in CloudFormation's words; nothing if it never came to that."""
    try:
        pages = stacks.get_paginator("describe_stack_events").paginate(StackName=STACK)
        events = [event for page in pages for event in page["StackEvents"]]
    except ClientError:
        return []
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith(_WENT_WRONG)]
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed]


def _api_path(stacks: Any) -> str:
    resources = stacks.describe_stack_resources(StackName=STACK)["StackResources"]
    made = {resource["ResourceType"]: resource["PhysicalResourceId"] for resource in resources}
    return f"/restapis/{made['AWS::ApiGateway::RestApi']}/{made['AWS::ApiGateway::Stage']}/_user_request_"
