"""A month of a gateway, second by second: users, scaling, sleep, Spot interruptions, another specification.

The real templates stand in the in-process cloud, and its twin runs on a clock that is moved by hand. Use is
metered by the real adapter from CloudWatch; the bill is made by the local cloud from tasks' own lives, the
twin's sums and what stands, and read by the real adapter from Cost Explorer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date

from ministack.core.responses import request_scope
from ministack.services import rds

from local.gateways import registry
from local.twin.fleet import Stop
from stargate.adapters import aws
from stargate.adapters.costs.cost_explorer import CostExplorer
from stargate.adapters.costs.usage import CloudWatchUsage
from stargate.domain.costs.actuals.month import DAY, Month
from stargate.domain.environment import Status
from stargate.domain.gateway.presets import PRESETS
from tests.contract import ecs_stories, ministack_in_process, real_stacks
from tests.contract.answering import ACCOUNT, by_local_cloud
from tests.contract.ecs_stories import until
from tests.unit.costs.cost_play import CostPlay, an_environment

MONTH = Month.read("2027-02")  # four whole weeks
CHANGED = date(2027, 2, 15)
COMPRESSED, HURRIED = 3000.0, 100_000.0
STEP, HOUR = 900.0, 3600.0
SERVICES = ("litellm", "grafana", "langfuse", "victoria-metrics")
CLUSTER = "stargate-sandbox"
INTERRUPTED = Stop("SpotInterruption", "Your Spot Task was interrupted.", 137)


@dataclass
class Happened:
    """What came to pass: without any of it the month would prove less."""

    scaled: int = 0
    nights: int = 0
    interruptions: int = 0


@dataclass
class SimulatedMonth:
    cloud: ministack_in_process.Cloud
    clock: real_stacks.StoppedClock
    outputs: dict = field(default_factory=dict)
    happened: Happened = field(default_factory=Happened)

    async def stand(self):
        """The sandbox, made in the days before the month."""
        environment = an_environment(created_at=MONTH.begins, updated_at=MONTH.begins)
        self.outputs = await real_stacks.made(self.cloud, environment)
        self.clock.stop(HURRIED)
        self.play = CostPlay(environment=environment, usage=CloudWatchUsage(), bills=CostExplorer())
        self.play.gives_out(self.outputs)
        assert self.clock.at < MONTH.begins
        self.clock.at = MONTH.begins
        registry.advance(self.entry)
        self.cloud.account.catch_up()

    @property
    def entry(self):
        return registry.environment("sandbox")

    def declare(self, **changes):
        self.play.stands(replace(self.play.environment, **changes))
        self.play.gives_out(self.outputs)

    # --- the month ---

    async def pass_by(self):
        for day in MONTH.days:
            if day == CHANGED:
                await self.change()
            for hour in range(24):
                await self.follow_the_clock(day, hour)
                self.pass_hour()

    async def follow_the_clock(self, day, hour):
        """Asleep at night and on weekends from the second week on; more tasks in the middle of the day."""
        working = day.weekday() < 5
        if hour == 22 and day.day > 7 and not self.asleep:
            await self.sleep()
        if hour == 6 and self.asleep and working:
            await self.wake()
        if self.asleep:
            return
        self.entry.gateway.set_users(1 if 8 <= hour < 18 else 0)
        if working and hour in {10, 16}:
            self.scale("litellm", 4 if hour == 10 else self.tasks_of("litellm"))
            self.happened.scaled += 1
        if day >= CHANGED and hour % 6 == 3:
            self.interrupt()

    def pass_hour(self):
        for _ in range(int(HOUR / STEP)):
            self.clock.at += STEP
            registry.advance(self.entry)
            self.cloud.account.each_minute(self.clock.at)
        self.meter()

    def meter(self):
        self.play.clock.at = self.clock.at
        self.play.meter()

    # --- what happens in it ---

    def scale(self, service, tasks):
        ecs_stories.ask("UpdateService", cluster=CLUSTER, service=service, desiredCount=tasks)

    def tasks_of(self, service):
        spec = self.play.environment.spec
        return {
            "litellm": spec.litellm.min_tasks,
            "grafana": spec.grafana.tasks,
            "langfuse": spec.langfuse.tasks,
        }.get(service, 1)

    @property
    def asleep(self):
        return self.play.environment.status is Status.ASLEEP

    async def sleep(self):
        self.meter()
        self.entry.gateway.set_users(0)
        for service in SERVICES:
            self.scale(service, 0)
        await self.database("StopDBInstance", "stopped")
        self.declare(status=Status.ASLEEP)
        self.happened.nights += 1

    async def wake(self):
        self.meter()
        await self.database("StartDBInstance", "available")
        for service in SERVICES:
            self.scale(service, self.tasks_of(service))
        self.declare(status=Status.READY)

    async def database(self, action, wanted):
        self.cloud.account.catch_up()
        status, *_ = rds._ACTION_MAP[action]({"DBInstanceIdentifier": [CLUSTER]})
        assert status == 200
        await until(lambda: rds._instances[CLUSTER]["DBInstanceStatus"] == wanted)

    def interrupt(self):
        """AWS takes a task back; ECS starts another in its place."""
        with registry.ordering(CLUSTER, ()) as (fleet, now):
            tasks = fleet.serving("litellm")
            if tasks:
                fleet.stop_task(tasks[0].task_id, INTERRUPTED, now)
                self.happened.interruptions += 1

    async def change(self):
        """To what the preset poc runs on: Spot, small tasks, a small database without a standby."""
        await self.wake_if_asleep()
        spec, small = self.play.environment.spec, PRESETS["poc"].spec
        database = replace(small.database, storage_gb=spec.database.storage_gb)
        wanted = replace(
            spec,
            compute=small.compute,
            litellm=replace(small.litellm, max_tasks=6),
            grafana=small.grafana,
            langfuse=small.langfuse,
            database=replace(database, max_storage_gb=spec.database.max_storage_gb),
        )
        self.meter()
        self.cloud.account.catch_up()
        self.declare(spec=wanted)
        self.clock.run_on(COMPRESSED)
        await real_stacks.changed(self.cloud, self.play.environment, self.outputs, ("data", *SERVICES))
        self.clock.stop(HURRIED)
        registry.advance(self.entry)

    async def wake_if_asleep(self):
        if self.asleep:
            await self.wake()

    # --- the bill ---

    def days(self):
        return self.play.days.of(self.play.environment.environment_id, MONTH)

    def close(self):
        """A week later the bill is whole; the document of the month."""
        self.clock.at = MONTH.ends + 4 * DAY
        self.play.clock.at = self.clock.at
        self.told = self.play.collect(self.play.environment.environment_id)
        document = self.play.stated(str(MONTH))
        self.clock.at = MONTH.ends  # the twin has nothing to do in these days
        return document


def played():
    """(the month, its document); takes two minutes."""
    clock = real_stacks.StoppedClock(COMPRESSED, MONTH.begins - DAY)

    async def story():
        with ministack_in_process.cloud(clock) as cloud, request_scope(ACCOUNT, "us-east-1"):
            aws.client.cache_clear()
            by_local_cloud(aws.client("cloudwatch", "us-east-1"), "monitoring")
            by_local_cloud(aws.client("ce", "us-east-1"), "ce")
            month = SimulatedMonth(cloud, clock)
            await month.stand()
            await month.pass_by()
            return month, month.close()

    try:
        return asyncio.run(story())
    finally:
        aws.client.cache_clear()
