"""What the cloud itself says, asked with an operator's eyes and not through the API."""

import json
from dataclasses import dataclass

from local.demo.connection import Connection
from local.demo.timing import Life
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.gateway.parameters import spec_parameters
from stargate.domain.gateway.presets import Preset

CONTROL_PLANE = "stargate"


@dataclass(frozen=True)
class Event:
    """One line of a stack's record."""

    at: float
    resource: str
    is_stack: bool
    status: str
    reason: str


class Witness:
    def __init__(self, connection: Connection) -> None:
        self._client = connection.client
        self._control = connection.control
        self._stacks = self._client("cloudformation")
        self._states = self._client("stepfunctions")

    def inject_fault(
        self, environment: str, stack: str, resource: str, reason: str, when: str = "create"
    ) -> None:
        """`when` is the operation that fails: create, update, rollback or delete."""
        order = {"stack": f"{CONTROL_PLANE}-{environment}-{stack}", "resource": resource, "reason": reason}
        self._control("POST", "/faults", {**order, "when": when})

    def lift_faults(self) -> None:
        self._control("DELETE", "/faults")

    def stacks(self, environment: str) -> dict[str, str]:
        """The ids of the environment's stacks by the name each has in the gateway."""
        prefix = f"{CONTROL_PLANE}-{environment}-"
        pages = self._stacks.get_paginator("describe_stacks").paginate()
        return {
            stack["StackName"].removeprefix(prefix): stack["StackId"]
            for page in pages
            for stack in page["Stacks"]
            if stack["StackName"].startswith(prefix)
        }

    def muted(self, environment: str) -> list[str]:
        """The environment's alarms whose actions are off."""
        pages = self._client("cloudwatch").get_paginator("describe_alarms")
        prefix = f"{CONTROL_PLANE}-{environment}-"
        return [
            alarm["AlarmName"]
            for page in pages.paginate(AlarmNamePrefix=prefix)
            for alarm in page["MetricAlarms"]
            if not alarm["ActionsEnabled"]
        ]

    def statuses(self, environment: str) -> dict[str, str]:
        prefix = f"{CONTROL_PLANE}-{environment}-"
        pages = self._stacks.get_paginator("describe_stacks").paginate()
        return {
            stack["StackName"].removeprefix(prefix): stack["StackStatus"]
            for page in pages
            for stack in page["Stacks"]
            if stack["StackName"].startswith(prefix)
        }

    def events(self, stack_id: str) -> list[Event]:
        """The record of a stack, oldest first; by its id it can be read after the stack is gone."""
        pages = self._stacks.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        events = [
            Event(
                at=event["Timestamp"].timestamp(),
                resource=event["LogicalResourceId"],
                is_stack=event.get("PhysicalResourceId") == event["StackId"],
                status=event["ResourceStatus"],
                reason=event.get("ResourceStatusReason", ""),
            )
            for page in pages
            for event in page["StackEvents"]
        ]
        return sorted(events, key=lambda event: event.at)

    def creation(self, stack_id: str) -> Life:
        own = [event for event in self.events(stack_id) if event.is_stack]
        began = next(event.at for event in own if event.status == "CREATE_IN_PROGRESS")
        stood = next(event.at for event in own if event.status == "CREATE_COMPLETE")
        return Life(began, stood)

    def deletion(self, stack_id: str) -> Life:
        own = [event for event in self.events(stack_id) if event.is_stack]
        began = next(event.at for event in own if event.status == "DELETE_IN_PROGRESS")
        gone = next(event.at for event in own if event.status == "DELETE_COMPLETE")
        return Life(began, gone)

    def preparation(self, environment: str) -> Life:
        """The one-off task that prepared the database, as ECS knows it."""
        ecs = self._client("ecs")
        cluster = f"{CONTROL_PLANE}-{environment}"
        family = f"{CONTROL_PLANE}-{environment}-prepare-database"
        arns = ecs.list_tasks(cluster=cluster, family=family, desiredStatus="STOPPED")["taskArns"]
        tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
        task = max(tasks, key=lambda task: task["createdAt"])
        return Life(task["createdAt"].timestamp(), task["stoppedAt"].timestamp())

    def executions(self, workflow: str, environment_id: str) -> list[str]:
        """The names of the executions that were started for one environment."""
        arn = self._output(f"{workflow.capitalize()}Arn")
        pages = self._states.get_paginator("list_executions").paginate(stateMachineArn=arn)
        names = [execution["name"] for page in pages for execution in page["executions"]]
        return sorted(name for name in names if name.startswith(environment_id))

    def tagged(self, environment_id: str) -> list[str]:
        """Every resource that still bears the environment's id."""
        tagging = self._client("resourcegroupstaggingapi")
        pages = tagging.get_paginator("get_resources").paginate(
            TagFilters=[{"Key": "stargate:id", "Values": [environment_id]}]
        )
        return [found["ResourceARN"] for page in pages for found in page["ResourceTagMappingList"]]

    def belongings(self, environment: str) -> list[str]:
        """What bears the environment's name or tag in the services themselves, whatever tagging says."""
        name = f"{CONTROL_PLANE}-{environment}"
        found: list[str] = [f"stack {stack}" for stack in self.stacks(environment)]
        found += [
            f"database {database['DBInstanceIdentifier']}"
            for database in self._client("rds").describe_db_instances()["DBInstances"]
            if database["DBInstanceIdentifier"].startswith(name)
        ]
        found += [
            f"cluster {cluster}"
            for cluster in self._client("ecs").list_clusters()["clusterArns"]
            if cluster.rsplit("/", 1)[-1].startswith(name)
        ]
        found += [
            f"secret {secret['Name']}"
            for secret in self._client("secretsmanager").list_secrets()["SecretList"]
            if secret["Name"].startswith(f"{name}/") and not secret.get("DeletedDate")
        ]
        found += [
            f"network {vpc['VpcId']}"
            for vpc in self._client("ec2").describe_vpcs(
                Filters=[{"Name": "tag:stargate:environment", "Values": [environment]}]
            )["Vpcs"]
        ]
        groups = self._client("logs").get_paginator("describe_log_groups").paginate()
        found += [
            f"log group {group['logGroupName']}"
            for page in groups
            for group in page["logGroups"]
            if {environment, name} & set(group["logGroupName"].split("/"))
        ]
        distributions = self._client("cloudfront").list_distributions()["DistributionList"]
        found += [f"distribution {item['Id']}" for item in distributions.get("Items", [])]
        balancers = self._client("elbv2").describe_load_balancers()["LoadBalancers"]
        found += [f"balancer {balancer['LoadBalancerName']}" for balancer in balancers]
        return found

    def dead_letters(self) -> int:
        """How many messages lie in the dead-letter queues of the control plane."""
        sqs = self._client("sqs")
        urls = sqs.list_queues(QueueNamePrefix=CONTROL_PLANE).get("QueueUrls", [])
        counts = [
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            for url in urls
        ]
        return sum(int(count["Attributes"]["ApproximateNumberOfMessages"]) for count in counts)

    def typical_seconds(self, version: str, preset: Preset) -> dict[str, float]:
        """The unscaled typical durations of a preset's stacks, as the published templates have them."""
        bucket = self._output("GatewayBucket")
        key = f"gateway/{version}/manifest.json"
        body = self._client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        manifest, declared = Manifest.from_document(json.loads(body)), spec_parameters(preset.spec, preset)
        return {name: stack.seconds_to_create(declared) for name, stack in manifest.stacks.items()}

    def _output(self, name: str) -> str:
        outputs = self._stacks.describe_stacks(StackName=CONTROL_PLANE)["Stacks"][0]["Outputs"]
        return next(str(output["OutputValue"]) for output in outputs if output["OutputKey"] == name)
