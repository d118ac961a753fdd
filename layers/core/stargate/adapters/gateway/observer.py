"""Asks the one function inside an environment's VPC, in the environment's region."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from stargate.adapters.aws import client, code_of
from stargate.domain.gateway.observer import Observation, function_name

if TYPE_CHECKING:
    from collections.abc import Mapping


class LambdaObserver:
    def ask(
        self, region: str, environment: str, verb: str, given: Mapping[str, Any] | None = None
    ) -> Observation:
        try:
            answer = client("lambda", region).invoke(
                FunctionName=function_name(environment),
                InvocationType="RequestResponse",
                Payload=json.dumps({"verb": verb, **({"given": dict(given)} if given else {})}).encode(),
            )
            document = json.loads(answer["Payload"].read())
        except ClientError as error:
            return Observation(f"the observer cannot be asked: {code_of(error)}", asked=False)
        except BotoCoreError as error:
            return Observation(f"the observer does not answer: {type(error).__name__}", asked=False)
        if "FunctionError" in answer:
            return Observation(f"the observer failed: {_cause(document)}", asked=False)
        return Observation(document["reason"], float(document["seconds"]), document["measured"])


def _cause(document: Any) -> str:
    """Lambda tells a failed function's error by type and message."""
    if not isinstance(document, dict):
        return "no cause was given"
    return f"{document.get('errorType', 'Error')}: {document.get('errorMessage', '')}"
