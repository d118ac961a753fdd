"""Metrics that AWS's services publish about themselves: queues, topics, functions, workflows and APIs.

The control plane's own alarms watch these. Each is counted at the one place in MiniStack that every call
passes, whichever way it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope
from ministack.services import apigateway_v1, cloudwatch, lambda_svc, sns, sqs, stepfunctions

from local.services.cloudwatch.parameters import EVALUATED_EVERY
from local.services.cloudwatch.statistics import of_values
from local.services.cloudwatch.store import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.services.cloudwatch.engine import Engine

DEPTHS = {
    "ApproximateNumberOfMessages": "ApproximateNumberOfMessagesVisible",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed": "ApproximateNumberOfMessagesDelayed",
}
COUNTED_AT_DISPATCH = ("Invocations", "Errors")
EXECUTIONS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


def install(engine: Engine) -> None:
    engine.each_minute(lambda now: measure_queues(engine, now))
    cloudwatch.record_metric = recording(engine)
    count_invocations(engine)
    count_executions(engine)
    count_requests(engine)
    count_deliveries(engine)


def count(engine: Engine, namespace: str, name: str, value: float, dimensions: dict[str, str]) -> None:
    metric = Metric.of(namespace, name, dimensions)
    engine.store().put(metric, engine.clock.now(), of_values([(value, 1.0)]), "Count")


def measure_queues(engine: Engine, now: float) -> None:
    """How many messages each queue holds: what is seen as a minute ends stands for that minute."""
    for (account, region, _), queue in sqs._queues.all_items():
        with request_scope(account, region):
            sqs._refresh_counts(queue)
        for attribute, name in DEPTHS.items():
            metric = Metric.of("AWS/SQS", name, {"QueueName": queue["name"]})
            seen = of_values([(float(queue["attributes"][attribute]), 1.0)])
            engine.stores[account, region].put(metric, now - EVALUATED_EVERY, seen, "Count")


def count_invocations(engine: Engine) -> None:
    """Every attempt to run a function, its retries too: MiniStack counts calls, and no retry's error."""
    dispatch = lambda_svc._execute_function_dispatch

    def dispatch_and_count(function: Any, config: dict[str, Any], *rest: Any) -> dict[str, Any]:
        result: dict[str, Any] = dispatch(function, config, *rest)
        failed = 1.0 if result.get("error") else 0.0
        for dimensions in ({"FunctionName": config.get("FunctionName", "")}, {}):
            count(engine, "AWS/Lambda", "Invocations", 1.0, dimensions)
            count(engine, "AWS/Lambda", "Errors", failed, dimensions)
        return result

    lambda_svc._execute_function_dispatch = dispatch_and_count


def recording(engine: Engine) -> Callable[..., None]:
    """How MiniStack's services publish. Of Lambda its durations and throttles are taken, and summed up."""

    def record_metric(
        namespace: str,
        name: str,
        value: float,
        unit: str = "None",
        dimensions: dict[str, str] | None = None,
    ) -> None:
        if namespace == "AWS/Lambda" and name in COUNTED_AT_DISPATCH:
            return
        for known in (dimensions, None) if namespace == "AWS/Lambda" else (dimensions,):
            metric = Metric.of(namespace, name, known)
            engine.store().put(metric, engine.clock.now(), of_values([(float(value), 1.0)]), unit)

    return record_metric


def count_executions(engine: Engine) -> None:
    emit = stepfunctions._emit_execution_status_event

    def emit_and_count(execution: dict[str, Any]) -> None:
        emit(execution)
        name = EXECUTIONS.get(execution["status"])
        if name:
            count(engine, "AWS/States", name, 1.0, {"StateMachineArn": execution["stateMachineArn"]})

    stepfunctions._emit_execution_status_event = emit_and_count


def count_requests(engine: Engine) -> None:
    """Of REST APIs: how many requests, and how many of them failed, by whose fault it was."""
    execute = apigateway_v1._handle_execute_in_scope

    async def execute_and_count(api: str, stage: str, *rest: Any) -> Any:
        answer = await execute(api, stage, *rest)
        name = (apigateway_v1._rest_apis.get(api) or {}).get("name")
        if name:
            note_request(engine, {"ApiName": name}, answer[0])
            note_request(engine, {"ApiName": name, "Stage": stage}, answer[0])
        return answer

    apigateway_v1._handle_execute_in_scope = execute_and_count


def note_request(engine: Engine, dimensions: dict[str, str], status: int) -> None:
    count(engine, "AWS/ApiGateway", "Count", 1.0, dimensions)
    count(engine, "AWS/ApiGateway", "4XXError", float(status // 100 == 4), dimensions)
    count(engine, "AWS/ApiGateway", "5XXError", float(status // 100 == 5), dimensions)


def count_deliveries(engine: Engine) -> None:
    """Of topics: one for each message and each confirmed subscription whose filter policy lets it through.

    Email is taken to arrive, and what a protocol does with a message is not looked at.
    """
    fan_out = sns._fanout

    def fan_out_and_count(
        topic_arn: str, msg_id: str, message: str, subject: str, *rest: Any, **given: Any
    ) -> Any:
        attributes = rest[1] if len(rest) > 1 else given.get("message_attributes")
        delivered = deliveries(topic_arn, attributes or {}, message)
        dimensions = {"TopicName": topic_arn.rsplit(":", 1)[-1]}
        count(engine, "AWS/SNS", "NumberOfMessagesPublished", 1.0, dimensions)
        if delivered:
            count(engine, "AWS/SNS", "NumberOfNotificationsDelivered", float(delivered), dimensions)
        return fan_out(topic_arn, msg_id, message, subject, *rest, **given)

    sns._fanout = fan_out_and_count


def deliveries(topic_arn: str, attributes: dict[str, Any], message: str) -> int:
    subscriptions = (sns._topic_by_arn_any_scope(topic_arn) or {}).get("subscriptions", [])
    return sum(
        bool(one.get("confirmed")) and sns._matches_filter_policy(one, attributes, message)
        for one in subscriptions
    )
