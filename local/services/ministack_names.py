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
        "ministack.services.rds",
        "_resolve_instance",
        "(db_id)",
        "local/services/rds.py: do a stop and a start take their time by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_error",
        "(code, message, status)",
        "local/services/rds.py: is a stop refused of what is not available by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_delete_db_instance",
        "(p)",
        "local/services/rds_restores.py: does a deletion take its time by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_parse_tags",
        "(params)",
        "local/services/rds_restores.py: is there a RestoreDBInstanceToPointInTime by now?",
    ),
    PrivateName(
        "ministack.services.alb", "_tags", None, "does it still mean the same to local/services/tagging.py?"
    ),
    PrivateName(
        "ministack.services.dynamodb",
        "_condition_syntax_error",
        "(expr: str, slot: str) -> str | None",
        "local/services/dynamodb.py: does it still depend on nothing but the condition?",
    ),
    PrivateName(
        "ministack.services.dynamodb",
        "_tokenize",
        "(expr)",
        "local/services/dynamodb.py: is a condition read once for all rows by now?",
    ),
    PrivateName(
        "ministack.services.tagging",
        "_RESOURCE_TAG_COLLECTORS",
        None,
        "local/services/tagging.py: does a condition on aws:ResourceTag see EC2's tags by now?",
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
        "ministack.services.ec2", "_tags", None, "does it still mean the same to local/services/tagging.py?"
    ),
    *(
        PrivateName(module, name, None, "does it still mean the same to local/services/arc_zonal_shift.py?")
        for module, name in (
            ("ministack.core.iam_actions", "_BOTOCORE_SERVICE_MAP"),
            ("ministack.services.alb", "_lb_attrs"),
            ("ministack.services.alb", "_lbs"),
            ("ministack.services.ec2", "_subnets"),
        )
    ),
    PrivateName(
        "ministack.services.ecs",
        "_services",
        None,
        "does it still mean the same to local/services/application_autoscaling?",
    ),
    PrivateName(
        "ministack.services.ecs",
        "_update_service",
        "(data)",
        "does it still mean the same to local/services/application_autoscaling?",
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
    PrivateName(
        "ministack.services.bedrock",
        "_get_foundation_model_availability",
        "(model_id: str) -> tuple",
        "local/services/offers.py: does MiniStack offer the gateway's classes and models by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_ACTION_MAP",
        None,
        "local/services/offers.py: does MiniStack offer the gateway's classes and models by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_p",
        "(params, key, default='')",
        "local/services/offers.py: does MiniStack offer the gateway's classes and models by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_xml",
        "(status, root_tag, inner)",
        "local/services/offers.py: does MiniStack offer the gateway's classes and models by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_events",
        None,
        "local/services/rds.py: does MiniStack do this by itself by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_reboot_db_instance",
        "(p)",
        "local/services/rds.py: does MiniStack do this by itself by now?",
    ),
    PrivateName(
        "ministack.services.rds",
        "_single_instance_response",
        "(root_tag, result_tag, instance)",
        "local/services/rds.py: does MiniStack do this by itself by now?",
    ),
    PrivateName(
        "ministack.services.secretsmanager",
        "_get_secret_value",
        "(data)",
        "local/inside/services.py: does MiniStack do this by itself by now?",
    ),
    PrivateName(
        "ministack.services.bedrock",
        "_get_use_case_for_model_access",
        "() -> tuple",
        "local/services/offers.py: does MiniStack refuse who sent in no form by now?",
    ),
    PrivateName(
        "ministack.services.ec2",
        "_xml",
        "(status, root_tag, inner)",
        "local/services/offers.py: does MiniStack tell offers of machines by now?",
    ),
)
