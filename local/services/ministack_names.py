"""What these files lean on in MiniStack, and what to look at when it moves."""

from local.ministack_names import PrivateName

PRIVATE_NAMES = (
    PrivateName(
        "ministack.services.rds",
        "_instance_xml",
        "(i)",
        "local/services/rds.py: does it tell SecondaryAvailabilityZone and MasterUserSecret by now?",
    ),
    PrivateName(
        "ministack.services.alb", "_tags", None, "does it still mean the same to local/services/tagging.py?"
    ),
    PrivateName(
        "ministack.services.bedrock",
        "_tags",
        None,
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.cloudwatch",
        "_resource_tags",
        None,
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.cloudwatch_logs",
        "_log_groups",
        None,
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.ec2", "_subnets", None, "does it still mean the same to local/services/ecs.py?"
    ),
    PrivateName(
        "ministack.services.ec2", "_tags", None, "does it still mean the same to local/services/tagging.py?"
    ),
    PrivateName(
        "ministack.services.ecs", "_ACTION_MAP", None, "does it still mean the same to local/services/ecs.py?"
    ),
    PrivateName(
        "ministack.services.ecs",
        "_cluster_name_from_arn",
        "(arn)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_complete_service_deployment",
        "(cluster_name, svc_key, expected_deployment_id=None)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_delete_service",
        "(data)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs", "_get_docker", "()", "does it still mean the same to local/services/ecs.py?"
    ),
    PrivateName(
        "ministack.services.ecs", "_iso", "()", "does it still mean the same to local/services/ecs.py?"
    ),
    PrivateName(
        "ministack.services.ecs",
        "_make_deployment",
        "(task_definition, desired_count, status='PRIMARY')",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_mark_task_stopped",
        "(task_arn, task, reason, stop_code, exit_code=None)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_reconcile_service_tasks",
        "(cluster_name, svc_key)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_recount_cluster",
        "(cluster_name)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_refresh_service_state",
        "(cluster_name, group)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_run_task",
        "(data)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_sanitize",
        "(obj)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_services",
        None,
        "does it still mean the same to local/services/application_autoscaling.py?",
    ),
    PrivateName(
        "ministack.services.ecs", "_tags", None, "does it still mean the same to local/services/ecs.py?"
    ),
    PrivateName(
        "ministack.services.ecs",
        "_task_ip",
        "(task)",
        "does it still mean the same to local/services/ecs.py?",
    ),
    PrivateName(
        "ministack.services.ecs", "_tasks", None, "does it still mean the same to local/services/ecs.py?"
    ),
    PrivateName(
        "ministack.services.ecs",
        "_update_service",
        "(data)",
        "does it still mean the same to local/services/application_autoscaling.py?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_instances",
        None,
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.rds", "_tags", None, "does it still mean the same to local/services/tagging.py?"
    ),
    PrivateName(
        "ministack.services.servicediscovery",
        "_resource_tags",
        None,
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.tagging",
        "_COLLECTORS",
        None,
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.tagging",
        "_collect_secretsmanager",
        "()",
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.waf",
        "_waf_tags",
        None,
        "does it still mean the same to local/services/tagging.py?",
    ),
    PrivateName(
        "ministack.services.ec2",
        "_ACTION_MAP",
        None,
        "local/services/zones.py: does it still mean the same?",
    ),
    PrivateName(
        "ministack.services.ec2",
        "_describe_availability_zones",
        "(p)",
        "local/services/zones.py: does us-west-1 offer two zones by now?",
    ),
    PrivateName(
        "ministack.services.cloudformation.engine",
        "_resolve_refs",
        "(value, resources, params, conditions, mappings, stack_name, stack_id)",
        "local/services/zones.py: does Fn::GetAZs still answer from here?",
    ),
    PrivateName(
        "ministack.services.cloudformation.stacks",
        "_resolve_refs",
        "(value, resources, params, conditions, mappings, stack_name, stack_id)",
        "local/services/zones.py: does it still come from the engine?",
    ),
)
