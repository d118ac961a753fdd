"""EventBridge invokes functions asynchronously and only where their policy lets it.

MiniStack runs a rule's function once, without asking its policy, and forgets a failure. Here the function's
resource policy is asked (events.amazonaws.com, for this rule), a refused event goes to the target's dead-
letter queue, and the invocation has Lambda's own retries and destinations.
"""

import json
import logging
from contextvars import ContextVar
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc, sqs

from local import latency
from local.ticks import Runs

SERVICE = "events.amazonaws.com"
_log = logging.getLogger("stargate.events")
_delivery: ContextVar[tuple[dict[str, Any], dict[str, Any]]] = ContextVar("stargate_event_delivery")


def install(runs: Runs) -> None:
    invoke_target = eventbridge._invoke_target

    def invoke_known_target(
        target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None
    ) -> None:
        token = _delivery.set((target, rule))
        try:
            invoke_target(target, event, rule, view)
        finally:
            _delivery.reset(token)

    eventbridge._invoke_target = invoke_known_target
    eventbridge._dispatch_to_lambda = lambda arn, payload: _invoke_function(runs, arn, payload)


def _invoke_function(runs: Runs, arn: str, payload: str) -> None:
    (target, rule), event = _delivery.get(), json.loads(payload)
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        _give_up(target, rule, payload, "RESOURCE_NOT_FOUND", f"function {arn} does not exist")
    elif not _is_let_in(function.get("policy") or {}, arn, rule.get("Arn", "")):
        denied = f"the policy of {arn} does not let rule {rule.get('Name')} invoke it"
        _give_up(target, rule, payload, "NO_PERMISSIONS", denied)
    elif runs.begin(rule.get("Arn", ""), event):
        record = lambda_svc._execution_record_for_config(function, config)
        latency.then(
            latency.FROM_EVENT_TO_FUNCTION, lambda: lambda_svc.invoke_async_with_retry(record, event)
        )


def _is_let_in(policy: dict[str, Any], function_arn: str, rule_arn: str) -> bool:
    context = iam_evaluator.EvalContext(
        principal_arn=SERVICE,
        principal_type="AWSService",
        principal_account=get_account_id(),
        action="lambda:InvokeFunction",
        resource_arn=function_arn,
        region=get_region(),
        service_context={"aws:sourcearn": rule_arn, "aws:sourceaccount": get_account_id()},
    )
    return any(
        (statement.get("Principal") or {}).get("Service") == SERVICE
        and statement.get("Effect") == "Allow"
        and iam_evaluator._conditions_met(statement.get("Condition") or {}, context)
        for statement in policy.get("Statement", [])
    )


def _give_up(target: dict[str, Any], rule: dict[str, Any], payload: str, code: str, reason: str) -> None:
    """The event itself lies in the queue, and why it does in the message's attributes."""
    _log.warning("event not delivered: %s", reason)
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    known = sqs._queue_by_arn(queue) if queue else None
    if known is None:
        return
    eventbridge._dispatch_to_sqs(parse_arn(queue), payload)
    told = {
        "RULE_ARN": rule.get("Arn", ""),
        "TARGET_ARN": target.get("Arn", ""),
        "ERROR_CODE": code,
        "ERROR_MESSAGE": reason,
    }
    known["messages"][-1]["message_attributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in told.items()
    }
