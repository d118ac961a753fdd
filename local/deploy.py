"""The control plane, deployed to the local cloud by the very tools that deploy it to AWS."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import boto3

from local.cloud import PROJECT, CloudError
from local.people import Person

STACK = "stargate"
REGION = "us-east-1"
_BUILD = PROJECT / ".aws-sam" / "local"
_SOURCES = ("template.yaml", "samconfig.toml", "functions", "layers", "gateway", "statemachines")
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
    _sam(["deploy", "--config-env", "local", "--template-file", str(_BUILD / "template.yaml")], environment)
    return _api(endpoint, person)


def _build(environment: dict[str, str]) -> None:
    """Build, unless this very source was built before by this interpreter."""
    mark = _BUILD / "stargate-sources"
    sources = _fingerprint()
    if mark.exists() and mark.read_text() == sources:
        return
    _sam(["build", "--config-env", "local", "--build-dir", str(_BUILD)], environment)
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
    ran = subprocess.run(
        [_SAM, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise CloudError(f"sam {arguments[0]} failed:\n{ran.stdout}\n{ran.stderr}")


def _api(endpoint: str, person: Person) -> str:
    stacks = boto3.client(
        "cloudformation",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=person.access_key_id,
        aws_secret_access_key=person.secret_access_key,
    )
    resources = stacks.describe_stack_resources(StackName=STACK)["StackResources"]
    made = {resource["ResourceType"]: resource["PhysicalResourceId"] for resource in resources}
    api, stage = made["AWS::ApiGateway::RestApi"], made["AWS::ApiGateway::Stage"]
    return f"{endpoint}/restapis/{api}/{stage}/_user_request_"
