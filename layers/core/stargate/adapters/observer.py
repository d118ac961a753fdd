"""Asks the one function inside an environment's VPC, in the environment's region."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stargate.adapters.aws import client, code_of
from stargate.domain.gateway.observer import Observation, function_name


class LambdaObserver:
    def ask(self, region: str, environment: str, verb: str) -> Observation:
        try:
            answer = client("lambda", region).invoke(
                FunctionName=function_name(environment),
                InvocationType="RequestResponse",
                Payload=json.dumps({"verb": verb}).encode(),
            )
            document = json.loads(answer["Payload"].read())
        except ClientError as error:
            return Observation(f"the observer cannot be asked: {code_of(error)}")
        except BotoCoreError as error:
            return Observation(f"the observer does not answer: {type(error).__name__}")
        if "FunctionError" in answer:
            return Observation(f"the observer failed: {_cause(document)}")
        return Observation(document["reason"], float(document["seconds"]), document["measured"])


def _cause(document: Any) -> str:
    """Lambda tells a failed function's error by type and message."""
    if not isinstance(document, dict):
        return "no cause was given"
    return f"{document.get('errorType', 'Error')}: {document.get('errorMessage', '')}"
