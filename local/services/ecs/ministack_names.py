"""What the ECS of the local cloud leans on in MiniStack, and what to look at when it moves."""

from local.ministack_names import PrivateName

_SAME = "does it still mean the same to local/services/ecs/"

PRIVATE_NAMES = (
    PrivateName("ministack.services.alb", "_ACTION_MAP", None, f"{_SAME}targets.py?"),
    PrivateName("ministack.services.alb", "_error", "(code, message, status=400)", f"{_SAME}targets.py?"),
    PrivateName("ministack.services.alb", "_p", "(params, key, default='')", f"{_SAME}targets.py?"),
    PrivateName(
        "ministack.services.alb", "_parse_targets_param", "(params, prefix='Targets')", f"{_SAME}targets.py?"
    ),
    PrivateName("ministack.services.alb", "_targets", None, f"{_SAME}targets.py?"),
    PrivateName("ministack.services.alb", "_tg_attrs", None, f"{_SAME}targets.py?"),
    PrivateName("ministack.services.alb", "_tgs", None, f"{_SAME}targets.py?"),
    PrivateName("ministack.services.alb", "_xml", "(status, action, inner)", f"{_SAME}targets.py?"),
    PrivateName("ministack.services.ec2", "_subnets", None, f"{_SAME}interfaces.py?"),
    PrivateName("ministack.services.ecs", "_ACTION_MAP", None, f"{_SAME}orders.py?"),
    PrivateName(
        "ministack.services.ecs",
        "_build_task_containers",
        "(td, container_overrides)",
        f"{_SAME}task_records.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_circuit_breaker_threshold",
        "(svc)",
        f"{_SAME}service_deployments.py?",
    ),
    PrivateName("ministack.services.ecs", "_cluster_name_from_arn", "(arn)", f"{_SAME}one_off.py?"),
    PrivateName("ministack.services.ecs", "_clusters", None, f"{_SAME}service_deployments.py?"),
    PrivateName("ministack.services.ecs", "_create_service", "(data)", f"{_SAME}orders.py?"),
    PrivateName("ministack.services.ecs", "_delete_cluster", "(data)", f"{_SAME}performance_logs.py?"),
    PrivateName("ministack.services.ecs", "_put_cluster", "(data)", f"{_SAME}performance_logs.py?"),
    PrivateName(
        "ministack.services.cloudwatch_logs", "_create_log_group", "(data)", f"{_SAME}performance_logs.py?"
    ),
    PrivateName(
        "ministack.services.ecs",
        "_delete_service",
        "(data)",
        f"{_SAME}orders.py? It is replaced: what does it check and forget by now?",
    ),
    PrivateName("ministack.services.ecs", "_get_docker", "()", f"{_SAME}one_off.py?"),
    PrivateName("ministack.services.ecs", "_iso", "()", f"{_SAME}one_off.py?"),
    PrivateName(
        "ministack.services.ecs",
        "_mark_task_stopped",
        "(task_arn, task, reason, stop_code, exit_code=None)",
        f"{_SAME}one_off.py?",
    ),
    PrivateName("ministack.services.ecs", "_primary_deployment", "(svc)", f"{_SAME}orders.py?"),
    PrivateName(
        "ministack.services.ecs",
        "_reconcile_service_tasks",
        "(cluster_name, svc_key)",
        f"{_SAME}orders.py? Everything that MiniStack does to tasks of a service must pass there.",
    ),
    PrivateName("ministack.services.ecs", "_recount_cluster", "(cluster_name)", f"{_SAME}showing.py?"),
    PrivateName("ministack.services.ecs", "_resolve_cluster_name", "(ref)", f"{_SAME}orders.py?"),
    PrivateName("ministack.services.ecs", "_resolve_service_ref", "(ref)", f"{_SAME}orders.py?"),
    PrivateName(
        "ministack.services.ecs", "_resolve_task", "(ref, cluster_name='default')", f"{_SAME}orders.py?"
    ),
    PrivateName("ministack.services.ecs", "_resolve_td_key", "(ref)", f"{_SAME}task_records.py?"),
    PrivateName("ministack.services.ecs", "_run_task", "(data)", f"{_SAME}one_off.py?"),
    PrivateName("ministack.services.ecs", "_sanitize", "(obj)", f"{_SAME}events.py?"),
    PrivateName("ministack.services.ecs", "_services", None, f"{_SAME}orders.py?"),
    PrivateName("ministack.services.ecs", "_stop_task", "(data)", f"{_SAME}orders.py?"),
    PrivateName("ministack.services.ecs", "_tags", None, f"{_SAME}orders.py?"),
    PrivateName(
        "ministack.services.ecs", "_task_capacity", "(launch_type, strategy)", f"{_SAME}task_records.py?"
    ),
    PrivateName("ministack.services.ecs", "_task_defs", None, f"{_SAME}task_records.py?"),
    PrivateName("ministack.services.ecs", "_task_ip", "(task)", f"{_SAME}targets.py?"),
    PrivateName("ministack.services.ecs", "_tasks", None, f"{_SAME}task_records.py?"),
)
