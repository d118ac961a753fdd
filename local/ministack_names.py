"""Every private name of MiniStack that the local cloud leans on, and what to look at when one moves.

MiniStack has no plugin hook, so its private names are used, at one pinned version. tests/contract/
test_ministack_names.py fails when the version or a signature changes and says what to check.
"""

from dataclasses import dataclass

PINNED_VERSION = "1.5.33"


@dataclass(frozen=True)
class PrivateName:
    module: str
    name: str
    signature: str | None  # None: not a function
    look_at: str


_STATES = "ministack.services.stepfunctions"
_IAM = "ministack.core.iam_evaluator"
_LAMBDA = "ministack.services.lambda_svc"

PRIVATE_NAMES = (
    PrivateName(
        "ministack.services.eventbridge",
        "_put_events",
        "(data, allow_aws_source=False)",
        "local/events.py: does it still take aws.* sources from within?",
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
        "ministack.core.iam_actions",
        "extract_resource_arn",
        "(service: str, method: str, path: str, headers: dict, body: bytes, query_params: dict, region: str,"
        " account_id: str) -> str",
        "local/iam/resources.py: is an ECS call judged by what it acts on by now?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_task_def_latest",
        None,
        "local/iam/resources.py: does it still give the latest revision of a family?",
    ),
    PrivateName(
        "ministack.core.sigv4",
        "request_time_failure",
        "(signature: ministack.core.sigv4.HeaderSignature, *, now: datetime.datetime | None = None)"
        " -> tuple[str, str] | None",
        "local/schedules.py: is the skew of a signature still judged here?",
    ),
    PrivateName(
        "ministack.core.sigv4",
        "presigned_request_is_expired",
        "(amz_date: str, expires: str | int, *, now: datetime.datetime | None = None) -> bool",
        "local/schedules.py: is the expiry of a presigned URL still judged here?",
    ),
    PrivateName(
        "ministack.services.dynamodb",
        "_ttl_reaper",
        "()",
        "local/schedules.py: is this still the loop that removes expired items?",
    ),
    PrivateName(
        _LAMBDA,
        "_emit_lambda_metrics",
        "(function_name: str, duration_ms: float, error: bool, throttle: bool) -> None",
        "local/schedules.py: is the duration still measured by time.time()?",
    ),
    PrivateName(
        _LAMBDA,
        "_emit_lambda_logs",
        "(func: dict, request_id: str, log_text: str, error: bool, duration_ms: int, *,"
        " log_source: str | None = None) -> None",
        "local/schedules.py: is the duration still measured by time.time()?",
    ),
)
