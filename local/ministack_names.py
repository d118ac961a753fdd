"""Every private name of MiniStack that the local cloud leans on, and what to look at when one moves.

MiniStack has no plugin hook, so its private names are used, at one pinned version. tests/contract/
test_ministack_names.py fails when the version or a signature changes and says what to check.
"""

# ruff: noqa: E501 - signatures stand as they are

from dataclasses import dataclass

PINNED_VERSION = "1.5.33"


@dataclass(frozen=True)
class PrivateName:
    module: str
    name: str
    signature: str | None  # None: not a function
    look_at: str


PRIVATE_NAMES = (
    PrivateName(
        "ministack.app", "app", "(scope, receive, send)", "local/launcher.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.core.iam_actions",
        "extract_resource_arn",
        "(service: str, method: str, path: str, headers: dict, body: bytes, query_params: dict, region: str, account_id: str) -> str",
        "local/iam/resources.py: is an ECS call judged by what it acts on by now?",
    ),
    PrivateName(
        "ministack.core.iam_actions",
        "request_tag_context",
        "(service: str, iam_action: str, body: bytes, params: dict) -> dict",
        "local/iam/keys.py: does MiniStack tell events:source by itself by now?",
    ),
    PrivateName(
        "ministack.core.iam_actions",
        "identity_denial_message",
        "(action: str, principal_arn: str, resource: str, explicit_deny: bool) -> str",
        "local/iam/principals.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "EvalContext",
        None,
        "local/iam/principals.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "ParsedStatement",
        None,
        "local/iam/principals.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "_conditions_met",
        "(conditions: dict, ctx: ministack.core.iam_evaluator.EvalContext) -> bool",
        "local/asynchronous.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "_gather_role_policies",
        "(role_name: str, account_id: str) -> list[list[ministack.core.iam_evaluator.ParsedStatement]]",
        "local/iam/principals.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "_gather_user_policies",
        "(user_name: str, account_id: str) -> list[list[ministack.core.iam_evaluator.ParsedStatement]]",
        "local/iam/principals.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "_permissions_boundary",
        "(store, name: str, account_id: str) -> list[list[list[ministack.core.iam_evaluator.ParsedStatement]]]",
        "local/iam/principals.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "parse_policy_document",
        "(doc: str | dict) -> list[ministack.core.iam_evaluator.ParsedStatement]",
        "local/iam/documents.py: is a policy read once by now?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "caller_arn",
        "() -> str",
        "local/iam/stacks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.iam_evaluator",
        "evaluate",
        "(ctx: ministack.core.iam_evaluator.EvalContext, policies: list[list[ministack.core.iam_evaluator.ParsedStatement]], *limits: list[list[ministack.core.iam_evaluator.ParsedStatement]]) -> ministack.core.iam_evaluator.EvalResult",
        "local/iam/principals.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.core.lambda_runtime", "reset", "()", "local/launcher.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.core.lambda_runtime", "time", None, "local/schedules.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.core.lambda_runtime", "zipfile", None, "local/unpacking.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.core.sigv4",
        "presigned_request_is_expired",
        "(amz_date: str, expires: str | int, *, now: datetime.datetime | None = None) -> bool",
        "local/schedules.py: is the expiry of a presigned URL still judged here?",
    ),
    PrivateName(
        "ministack.core.sigv4",
        "request_time_failure",
        "(signature: ministack.core.sigv4.HeaderSignature, *, now: datetime.datetime | None = None) -> tuple[str, str] | None",
        "local/schedules.py: is the skew of a signature still judged here?",
    ),
    PrivateName(
        "ministack.services.apigateway_v1",
        "_put_gateway_response",
        "(api_id, response_type, data)",
        "local/gateway_responses.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.cloudformation",
        "_ACTION_HANDLERS",
        None,
        "local/iam/stacks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.cloudformation",
        "_change_sets",
        None,
        "local/iam/stacks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.cloudformation.helpers",
        "_error",
        "(code, message, status=400)",
        "local/iam/stacks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.cloudformation.helpers",
        "_p",
        "(params, key, default='')",
        "local/cloudformation/addresses.py and local/iam/stacks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.dynamodb",
        "_ttl_reaper",
        "()",
        "local/schedules.py: is this still the loop that removes expired items?",
    ),
    PrivateName(
        "ministack.services.dynamodb", "time", None, "local/schedules.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.services.ecs",
        "_task_def_latest",
        None,
        "local/iam/resources.py: does it still give the latest revision of a family?",
    ),
    PrivateName(
        "ministack.services.eventbridge",
        "_dispatch_event",
        "(event, view=None)",
        "local/events.py: does every event still pass it?",
    ),
    PrivateName(
        "ministack.services.eventbridge",
        "_dispatch_to_lambda",
        "(arn, payload)",
        "local/asynchronous.py: are target rights, retries and dead letters honest by now?",
    ),
    PrivateName(
        "ministack.services.eventbridge",
        "_dispatch_to_sqs",
        "(spec, payload, sqs_parameters=None)",
        "local/asynchronous.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.sqs",
        "_queue_by_arn",
        None,
        "local/asynchronous.py: are the attributes of an undelivered event there by now?",
    ),
    PrivateName(
        "ministack.services.eventbridge",
        "_invoke_target",
        "(target, event, rule, view=None)",
        "local/asynchronous.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.eventbridge",
        "_put_events",
        "(data, allow_aws_source=False)",
        "local/events.py: does it still take aws.* sources from within?",
    ),
    PrivateName(
        "ministack.services.eventbridge", "time", None, "local/schedules.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.services.iam", "_roles", None, "local/iam/principals.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.services.iam", "_users", None, "local/iam/principals.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_emit_lambda_logs",
        "(func: dict, request_id: str, log_text: str, error: bool, duration_ms: int, *, log_source: str | None = None) -> None",
        "local/schedules.py: is the duration still measured by time.time()?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_emit_lambda_metrics",
        "(function_name: str, duration_ms: float, error: bool, throttle: bool) -> None",
        "local/schedules.py: is the duration still measured by time.time()?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_execute_function",
        "(func: dict, event: dict) -> dict",
        "local/processors.py: is concurrency still counted within it, and is it still called again within itself?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_execute_function_dispatch",
        "(func: dict, config: dict, event: dict, request_id: str, started: float) -> dict",
        "local/processors.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_execute_function_with_config_scope",
        "(func: dict, event: dict) -> dict",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_execution_record_for_config",
        "(func: dict, config: dict) -> dict",
        "local/asynchronous.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_get_func_record_for_ref",
        "(function_ref: str) -> tuple[dict | None, dict | None, str]",
        "local/asynchronous.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "invoke_async_with_retry",
        "(func: dict, event: dict) -> None",
        "local/asynchronous.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_xray_trace_id_for_invocation",
        "(config: dict, inbound_trace_header: str | None = None) -> str | None",
        "local/journal.py: is each invocation's trace still made within it?",
    ),
    PrivateName(
        "ministack.services.lambda_svc", "time", None, "local/schedules.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.services.scheduler", "time", None, "local/schedules.py: does it still mean the same?"
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_ExecutionError",
        None,
        "local/workflows/branches.py and local/workflows/executions.py and local/workflows/rights.py and local/workflows/tasks.py and local/workflows/tokens.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_add_event",
        "(execution, event_type, details=None)",
        "local/workflows/executions.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_catcher",
        "(catcher, raw_input, ctx, query_language, error_output)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_input_path",
        "(state_def, data, ctx=None)",
        "local/workflows/branches.py and local/workflows/executions.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_jsonata_arguments",
        "(state_def, raw_input, ctx=None)",
        "local/workflows/branches.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_jsonata_output",
        "(state_def, raw_input, ctx=None, result=None, error_output=None, default=None)",
        "local/workflows/branches.py and local/workflows/executions.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_output_path",
        "(state_def, data, ctx=None)",
        "local/workflows/branches.py and local/workflows/executions.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_parameters",
        "(state_def, data, ctx=None)",
        "local/workflows/branches.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_result_path",
        "(state_def, original, result)",
        "local/workflows/branches.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_result_selector",
        "(state_def, data)",
        "local/workflows/branches.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_apply_state_assign",
        "(state_def, raw_input, ctx, result=None, error_output=None)",
        "local/workflows/branches.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_call_lambda",
        "(func_ref, event)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_emit_execution_status_event",
        "(execution) -> None",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_execute_choice",
        "(state_def, raw_input, ctx=None)",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_execute_map",
        "(state_def, raw_input, execution, ctx)",
        "local/workflows/branches.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_execute_parallel",
        "(state_def, raw_input, execution, ctx)",
        "local/workflows/branches.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_execute_pass",
        "(state_def, raw_input, ctx=None)",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_execute_task",
        "(state_def, raw_input, execution, ctx)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_execute_wait",
        "(state_def, raw_input, ctx=None)",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_executions",
        None,
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_fail_state_error",
        "(state_def, raw_input, ctx=None)",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_find_matching_catcher",
        "(catchers, error)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_find_matching_retrier",
        "(retriers, error, retry_counts)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_invoke_resource",
        "(resource, input_data)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_jsonata_state_field",
        "(state_def, field, expected, raw_input, ctx)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_next_or_end",
        "(state_def)",
        "local/workflows/branches.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_resolve_path_or_ctx",
        "(path, data, ctx)",
        "local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_run_execution",
        "(exec_arn)",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_run_map_items",
        "(state_def, raw_input, execution, ctx)",
        "local/workflows/branches.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_run_sub_machine",
        "(states, start_at, input_data, execution, ctx)",
        "local/workflows/branches.py and local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_scaled_sleep",
        "(seconds)",
        "local/workflows/pauses.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_send_task_failure",
        "(data)",
        "local/workflows/tokens.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_send_task_heartbeat",
        "(data)",
        "local/workflows/tokens.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_send_task_success",
        "(data)",
        "local/workflows/tokens.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_sleep_until",
        "(iso_ts)",
        "local/workflows/pauses.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_start_execution",
        "(data)",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_state_machines",
        None,
        "local/workflows/executions.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_state_query_language",
        "(state_def, ctx=None)",
        "local/workflows/branches.py and local/workflows/executions.py and local/workflows/tasks.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.stepfunctions",
        "_stop_execution",
        "(data)",
        "local/workflows/executions.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.eventbridge",
        "_rule_key",
        "(rule_name: str, bus_name: str) -> str",
        "local/forwarding.py: does MiniStack carry events to other regions by now?",
    ),
    PrivateName(
        "ministack.services.iam",
        "_IAM_HANDLERS",
        None,
        "local/iam/simulation.py: does the simulator know paths, contexts and boundaries by now?",
    ),
    PrivateName(
        "ministack.services.iam",
        "_p",
        "(params, key, default='')",
        "local/iam/simulation.py: does the simulator know paths, contexts and boundaries by now?",
    ),
    PrivateName(
        "ministack.services.iam",
        "_xml",
        "(status, root_tag, inner, ns='iam')",
        "local/iam/simulation.py: does the simulator know paths, contexts and boundaries by now?",
    ),
)
