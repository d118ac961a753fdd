"""MiniStack's CloudFormation in this very process, with ours on it, and untouched again afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ministack.app
from ministack.core import iam_actions
from ministack.services import (
    alb,
    apigateway_v1,
    bedrock,
    cloudformation,
    cloudfront,
    cloudwatch,
    cloudwatch_logs,
    ec2,
    ecs,
    eventbridge,
    lambda_svc,
    rds,
    secretsmanager,
    sns,
    stepfunctions,
    tagging,
    waf,
)
from ministack.services.cloudformation import changesets, drift, engine, handlers, provisioners, stacks

from local import services
from local.clock import Clock
from local.cloudformation import drift as timely_drift
from local.cloudformation import events, faults, operations, permissions, types
from local.cloudformation.faults import Faults
from local.services import application_autoscaling
from local.services.pace import Pace

if TYPE_CHECKING:
    from local.services.billing.account import Account

SCALE = 3000.0
MODULES = (
    bedrock,
    cloudformation,
    engine,
    stacks,
    handlers,
    changesets,
    drift,
    provisioners,
    apigateway_v1,
    cloudwatch,
    ecs,
    eventbridge,
    lambda_svc,
    rds,
    sns,
    stepfunctions,
)
REGISTRIES = (
    provisioners._RESOURCE_HANDLERS,
    cloudformation._ACTION_HANDLERS,
    drift._DRIFT_READERS,
    changesets._IMPORT_LOOKUPS,
    provisioners._STACK_TAG_PROPERTY,
    tagging._COLLECTORS,
    tagging._RESOURCE_TAG_COLLECTORS,
    iam_actions.SERVICE_TO_IAM_NAMESPACE,
    iam_actions._BOTOCORE_SERVICE_MAP,
    ministack.app.SERVICE_HANDLERS,
    ec2._ACTION_MAP,
    alb._ACTION_MAP,
    ecs._ACTION_MAP,
    rds._ACTION_MAP,
)
SERVICES = (
    alb,
    application_autoscaling,
    bedrock,
    cloudformation,
    cloudfront,
    cloudwatch,
    cloudwatch_logs,
    ec2,
    ecs,
    rds,
    secretsmanager,
    waf,
)


@dataclass
class Cloud:
    faults: Faults
    emitted: list[tuple] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    denied: set[tuple[str, str]] = field(default_factory=set)
    account: Account | None = None

    def emit(self, *event):
        self.emitted.append(event)

    def check(self, operation, resource_type, _properties, _stack):
        self.asked.append((operation, resource_type))
        if (operation, resource_type) in self.denied:
            raise PermissionError(f"not authorized to {operation} {resource_type}")

    def check_reading(self, resource_type, properties, stack):
        self.check("read", resource_type, properties, stack)

    async def ask(self, action, **parameters):
        answer = cloudformation._ACTION_HANDLERS[action]({k: [v] for k, v in parameters.items()})
        assert answer[0] == 200, answer[2]
        await asyncio.sleep(0)
        return answer[2].decode()

    async def create(self, name, resources, outputs=None, **more):
        template = json.dumps({"Resources": resources, "Outputs": outputs or {}})
        await self.ask("CreateStack", StackName=name, TemplateBody=template, **more)
        return await self.settled(name)

    async def update(self, name, resources, **more):
        template = json.dumps({"Resources": resources})
        await self.ask("UpdateStack", StackName=name, TemplateBody=template, **more)
        return await self.settled(name, "UPDATE_")

    async def delete(self, name, **more):
        await self.ask("DeleteStack", StackName=name, **more)
        return await self.settled(name, "DELETE_")  # which begins a moment after it was asked for

    async def settled(self, name, verb=""):
        def is_settled():
            status = cloudformation._stacks[name]["StackStatus"]
            return status.startswith(verb) and not status.endswith("IN_PROGRESS")

        async with asyncio.timeout(20):
            while not is_settled():  # noqa: ASYNC110 - MiniStack offers nothing to wait on
                await asyncio.sleep(0.002)
        return cloudformation._stacks[name]

    def told(self, name):
        """(logical id, status, reason) of each event of the stack, oldest first."""
        stack_id = cloudformation._stacks[name]["StackId"]
        return [
            (event["LogicalResourceId"], event["ResourceStatus"], event["ResourceStatusReason"])
            for event in cloudformation._stack_events[stack_id]
        ]


@contextlib.contextmanager
def cloud(clock=None):
    """`clock`: one that a test can stop and move."""
    saved = [(module, dict(vars(module))) for module in MODULES]
    registries = [(registry, dict(registry)) for registry in REGISTRIES]
    clock = clock or Clock.starting_now(SCALE)
    made = Cloud(Faults())
    try:
        made.account = services.install(clock)
        types.install()
        events.install(made.emit)
        permissions.install(made.check)
        timely_drift.install(clock, made.check_reading)
        faults.install(made.faults)
        operations.install(Pace(clock), made.faults)
        yield made
    finally:
        for module, before in saved:
            vars(module).update(before)
        for registry, entries in registries:
            registry.clear()
            registry.update(entries)
        for service in SERVICES:
            service.reset()
