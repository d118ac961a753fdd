"""What this folder leans on in MiniStack's CloudWatch, and what to look at when it moves."""

from local.ministack_names import PrivateName

HANDLER = "(params, cbor_data, is_cbor, is_json=False)"
HANDLERS = (
    "_describe_alarms_for_metric",
    "_get_metric_data",
    "_get_metric_statistics",
    "_list_metrics",
    "_put_metric_alarm",
    "_put_metric_data",
    "_set_alarm_state",
)
STORES = ("_alarms", "_composite_alarms", "_resource_tags")
OTHERS = (
    ("_cbor_ok", "(data: dict)"),
    ("_cbor_timestamp", "(value)"),
    ("_dispatch_alarm_actions", "(alarm, old_state, new_state, reason)"),
    ("_error", "(code, message, status, use_json=False, use_cbor=False)"),
    ("_evaluate_alarm", "(alarm)"),
    ("_evaluate_parent_alarms", "(child, seen=frozenset())"),
    ("_history_entries", "() -> list"),
    ("_json_ok", "(data: dict)"),
    (
        "_record_history",
        "(alarm_name, old_state, new_state, reason, alarm_type='MetricAlarm', reason_data=None)",
    ),
    ("_transition_composite", "(alarm, new_state, reason, triggers, seen=frozenset())"),
    ("_xml", "(status, root_tag, inner)"),
)
EXECUTE = "(api_id, stage_name, method, path, headers, body, query_params, owner_account_id, owner_region)"
MODULE = "ministack.services.cloudwatch"

PRIVATE_NAMES = (
    *(
        PrivateName(
            MODULE, name, HANDLER, "local/services/cloudwatch: does handle_request call it by this name?"
        )
        for name in HANDLERS
    ),
    *(
        PrivateName(MODULE, name, None, "local/services/cloudwatch: are alarms and tags still kept there?")
        for name in STORES
    ),
    *(
        PrivateName(MODULE, name, signature, "does it still mean the same to local/services/cloudwatch?")
        for name, signature in OTHERS
    ),
    PrivateName(
        "ministack.services.cloudformation.provisioners",
        "_cw_metric_alarm_put",
        "(name, props)",
        "local/services/cloudwatch: do creation and update of an alarm's resource still go through it?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_execution_record_for_config",
        None,
        "local/services/cloudwatch/actions.py: does an asynchronous call still want it?",
    ),
    PrivateName(
        "ministack.services.lambda_svc",
        "_get_func_record_for_ref",
        None,
        "local/services/cloudwatch/actions.py: does it still find a function by its ARN?",
    ),
    PrivateName(
        "ministack.services.sns",
        "_fanout",
        "(topic_arn: str, msg_id: str, message: str, subject: str, message_structure: str = '', "
        "message_attributes: dict | None = None, message_group_id: str = '', message_dedup_id: str = '')",
        "local/services/cloudwatch/actions.py: does it still reach all subscribers of a topic?",
    ),
    *(
        PrivateName(
            module, name, None, "does it still mean the same to local/services/cloudwatch/gateways.py?"
        )
        for module, name in (
            ("ministack.services.alb", "_lbs"),
            ("ministack.services.alb", "_tags"),
            ("ministack.services.bedrock", "_inference_profiles_apps"),
            ("ministack.services.ecs", "_clusters"),
            ("ministack.services.ecs", "_services"),
            ("ministack.services.rds", "_instances"),
        )
    ),
    *(
        PrivateName(
            module, name, signature, "local/services/cloudwatch/own_metrics.py: does every call pass it?"
        )
        for module, name, signature in (
            (
                "ministack.services.apigateway_v1",
                "_handle_execute_in_scope",
                EXECUTE,
            ),
            ("ministack.services.apigateway_v1", "_rest_apis", None),
            (
                "ministack.services.lambda_svc",
                "_execute_function_dispatch",
                "(func: dict, config: dict, event: dict, request_id: str, started: float) -> dict",
            ),
            ("ministack.services.sns", "_topic_by_arn_any_scope", None),
            (
                "ministack.services.sns",
                "_matches_filter_policy",
                "(sub: dict, message_attributes: dict, message: str = '') -> bool",
            ),
            ("ministack.services.sqs", "_queues", None),
            ("ministack.services.sqs", "_refresh_counts", "(q: dict) -> None"),
            ("ministack.services.stepfunctions", "_emit_execution_status_event", "(execution) -> None"),
        )
    ),
)
