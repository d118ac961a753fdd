"""ECS services as Fargate runs them: event-driven, so that hours in which nothing happens cost nothing.

What is to come lies on a heap: (moment, order of arrival, what to do). An order that is given to the fleet
first lets happen what was due before it. What happened is kept until somebody asks for it by `advance`.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from local.twin.fleet.service import Service
from local.twin.fleet.timing import FARGATE, Timing
from local.twin.fleet.values import (
    Deployment,
    DeploymentChanged,
    DeploymentRules,
    Happening,
    Rollout,
    ServiceActed,
    Status,
    Stop,
    Task,
    TaskChanged,
    TaskSize,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

BREAKER = "ECS deployment circuit breaker"
STOPPED = "ECS deployment stopped by user"
ENDED = frozenset({"EssentialContainerExited", "TaskFailedToStart"})
"""Codes of tasks whose container is gone already: there is nothing left to drain."""
ENDING = frozenset({Status.STOPPING, Status.DEPROVISIONING, Status.STOPPED})
_TERMINATED = 143  # what a process that SIGTERM ended exits with
_THROTTLED_AFTER = 3  # failed starts in a row; "repeatedly" in ECS's words


class Fleet:
    """Services, their tasks and their deployments.

    Unknown names and ids raise KeyError. A moment before the last one known counts as the last one.
    """

    def __init__(self, chance: random.Random, zones: Sequence[str], timing: Timing = FARGATE) -> None:
        self.zones = tuple(zones)
        self.now = 0.0
        self._chance = chance
        self._timing = timing
        self._services: dict[str, Service] = {}
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._happened: list[Happening] = []

    def services(self) -> list[str]:
        """Names of all that stand, or of which a task still stops."""
        return list(self._services)

    def size(self, name: str) -> TaskSize:
        return self._services[name].size

    def rules(self, name: str) -> DeploymentRules:
        return self._services[name].rules

    def desired(self, name: str) -> int:
        return self._services[name].desired

    def steady(self, name: str) -> bool:
        return self._services[name].steady

    def tasks(self, name: str) -> list[Task]:
        """All but those that have stopped."""
        return list(self._services[name].tasks.values())

    def serving(self, name: str) -> list[Task]:
        """Those that get new requests."""
        return [task for task in self._services[name].living if task.healthy_at is not None]

    def draining(self, name: str) -> list[Task]:
        """Those that get no new requests and finish those they have."""
        return [task for task in self.tasks(name) if task.status is Status.DEACTIVATING]

    def deployments(self, name: str) -> list[Deployment]:
        """The primary first, then those of which a task still runs."""
        service = self._services[name]
        peopled = {task.deployment_id for task in service.tasks.values() if task.status not in ENDING}
        shown = [d for d in service.deployments.values() if d.primary or d.deployment_id in peopled]
        return sorted(shown, key=lambda deployment: not deployment.primary)

    def next_at(self) -> float | None:
        """When something happens next by itself; None if nothing will."""
        return self._due[0][0] if self._due else None

    def add_service(
        self,
        name: str,
        size: TaskSize,
        desired: int,
        at: float,
        rules: DeploymentRules,
        zones: Sequence[str] = (),
    ) -> str:
        """Start a service; the answer is the id of its first deployment. ValueError if the name is taken."""
        self._let_pass(at)
        if name in self._services:
            raise ValueError(f"there is a service {name} already")
        service = self._services[name] = Service(name, size, desired, rules, tuple(zones) or self.zones)
        return self._deploy(service, crashing=False)

    def remove_service(self, name: str, at: float) -> None:
        """Stop all its tasks; it is forgotten with the last of them."""
        self._let_pass(at)
        service = self._services[name]
        service.removed = True
        self._want(service, 0)
        self._forget_if_gone(service)

    def change_rules(self, name: str, size: TaskSize, rules: DeploymentRules, at: float) -> None:
        self._let_pass(at)
        service = self._services[name]
        service.size, service.rules = size, rules

    def place(self, name: str, zones: Sequence[str], at: float) -> None:
        """Where tasks that are yet to start may be; those that run stay where they are."""
        self._let_pass(at)
        self._services[name].zones = tuple(zones)

    def set_desired(self, name: str, count: int, at: float) -> None:
        self._let_pass(at)
        service = self._services[name]
        if count != service.desired:
            self._want(service, count)

    def deploy(self, name: str, at: float, *, crashing: bool = False) -> str:
        """Replace all tasks; those of a crashing version end soon after their start. Answers its id."""
        self._let_pass(at)
        return self._deploy(self._services[name], crashing=crashing)

    def stop_deployment(self, name: str, deployment_id: str, at: float) -> None:
        """Roll a deployment back that is in progress; ValueError if it is not, or has nothing before it."""
        self._let_pass(at)
        service = self._services[name]
        deployment = service.deployments[deployment_id]
        if not deployment.primary or deployment.state is not Rollout.IN_PROGRESS:
            raise ValueError(f"deployment {deployment_id} is not in progress")
        back = service.roll_back_to()
        if back is None:
            raise ValueError(f"there is no completed deployment before {deployment_id}")
        self._fail(service, deployment, f"{STOPPED}.", back, STOPPED)
        self._reconcile(service)

    def stop_task(self, task_id: str, stop: Stop, at: float) -> None:
        """Stop one task; the service replaces it. One that stops already goes on as it does."""
        self._let_pass(at)
        task = self._task(task_id)
        if task.stopping_at is None or stop.code in ENDED:
            self._stop(task, stop)

    def crash_from_now(self, name: str, every_seconds: float | None) -> None:
        """Let each task that is yet to run end so soon after it does; 0: before it does; None: no more."""
        self._services[name].crash_every = every_seconds

    def advance(self, to: float) -> list[Happening]:
        """Let happen what is due until then; answer all that happened since the last time, in its order."""
        self._let_pass(to)
        happened, self._happened = self._happened, []
        return happened

    def _let_pass(self, to: float) -> None:
        while self._due and self._due[0][0] <= to:
            moment, _, act = heapq.heappop(self._due)
            self.now = max(self.now, moment)
            act()
        self.now = max(self.now, to)

    def _after(self, typical: float, act: Callable[[], None]) -> None:
        self._in(self._timing.drawn(typical, self._chance), act)

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + seconds, next(self._order), act))

    def _task(self, task_id: str) -> Task:
        for service in self._services.values():
            if task_id in service.tasks:
                return service.tasks[task_id]
        raise KeyError(task_id)

    def _want(self, service: Service, count: int) -> None:
        service.desired = count
        service.steady = False
        self._reconcile(service)

    def _deploy(self, service: Service, *, crashing: bool) -> str:
        name = f"ecs-svc/{self._chance.randrange(10**18, 10**19)}"
        for known in list(service.deployments.values()):
            self._keep(service, replace(known, primary=False))
        deployment = Deployment(name, service.name, Rollout.IN_PROGRESS, "", self.now, self.now)
        service.deployments[name] = replace(deployment, crashing=crashing)
        service.failed_starts, service.not_before, service.steady = 0, 0.0, False
        self._roll(
            service, service.deployments[name], Rollout.IN_PROGRESS, f"ECS deployment {name} in progress."
        )
        self._reconcile(service)
        return name

    def _keep(self, service: Service, deployment: Deployment) -> None:
        service.deployments[deployment.deployment_id] = deployment

    def _roll(self, service: Service, deployment: Deployment, state: Rollout, reason: str) -> None:
        changed = replace(deployment, state=state, reason=reason, updated_at=self.now)
        self._keep(service, changed)
        self._happened.append(DeploymentChanged(service.name, changed, state, self.now, reason))

    def _reconcile(self, service: Service) -> None:
        moves = service.moves()
        for task_id in moves.stop:
            self._stop(service.tasks[task_id], _scheduled_stop(service.primary))
        if moves.start and self.now < service.not_before:
            self._in(service.not_before - self.now, lambda: self._reconcile(service))
        else:
            for _ in range(moves.start):
                self._start(service)
        self._settle(service)

    def _settle(self, service: Service) -> None:
        if service.stands() and not service.steady and not service.settling:
            service.settling = True
            self._after(self._timing.settling, lambda: self._settled(service))

    def _settled(self, service: Service) -> None:
        service.settling = False
        if service.steady or service.removed or not service.stands():
            return
        service.steady = True
        deployment = service.primary
        if deployment.state is Rollout.IN_PROGRESS:
            reason = f"ECS deployment {deployment.deployment_id} completed."
            self._roll(service, replace(deployment, failed_tasks=0), Rollout.COMPLETED, reason)
            self._forget_older(service)
        self._happened.append(ServiceActed(service.name, "SERVICE_STEADY_STATE", self.now))

    def _forget_older(self, service: Service) -> None:
        peopled = {task.deployment_id for task in service.tasks.values()}
        for name, deployment in list(service.deployments.items()):
            if not deployment.primary and name not in peopled:
                del service.deployments[name]

    def _start(self, service: Service) -> None:
        task = Task(
            f"{self._chance.getrandbits(128):032x}",
            service.name,
            service.zone_for_next(),
            service.primary.deployment_id,
            Status.PROVISIONING,
            self.now,
            self.now,
        )
        service.tasks[task.task_id] = task
        self._tell(task)
        self._then(task, self._timing.provisioning, self._pend)

    def _pend(self, task: Task) -> None:
        self._then(self._change(task, Status.PENDING), self._timing.pending, self._activate)

    def _activate(self, task: Task) -> None:
        task = self._change(task, Status.ACTIVATING, pull_started_at=self.now)
        self._then(task, self._timing.pulling, self._pulled)

    def _pulled(self, task: Task) -> None:
        task = replace(task, pull_stopped_at=self.now)
        self._services[task.service].tasks[task.task_id] = task
        if self._services[task.service].crash_every == 0:
            reason = (
                "CannotStartContainerError: ResourceInitializationError: failed to create a new container"
            )
            self._stop(task, Stop("TaskFailedToStart", reason))
        else:
            self._then(task, self._timing.starting, self._run)

    def _run(self, task: Task) -> None:
        task = self._change(task, Status.RUNNING, started_at=self.now)
        service = self._services[task.service]
        service.failed_starts, service.not_before = 0, 0.0
        crashing = service.deployments[task.deployment_id].crashing
        lifetime = self._timing.crashing if crashing else service.crash_every
        if lifetime is not None:
            self._then(task, lifetime, self._crash)
        if not crashing:
            self._then(task, service.rules.healthy_seconds, self._become_healthy)

    def _crash(self, task: Task) -> None:
        self._stop(task, Stop("EssentialContainerExited", "Essential container in task exited", 1))

    def _become_healthy(self, task: Task) -> None:
        service = self._services[task.service]
        task = service.tasks[task.task_id] = replace(task, healthy_at=self.now)
        self._tell(task)
        self._keep(service, replace(service.deployments[task.deployment_id], failed_tasks=0))
        self._reconcile(service)

    def _stop(self, task: Task, stop: Stop) -> None:
        service = self._services[task.service]
        service.steady = False
        known = task.stop or stop
        if stop.code in ENDED or task.started_at is None:
            if stop.code in ENDED and task.stopping_at is None:
                self._count_failure(service, task)
            self._end(self._stamp(task, known))
        elif service.rules.drain_seconds and task.healthy_at is not None:
            task = self._change(self._stamp(task, known), Status.DEACTIVATING)
            self._in(service.rules.drain_seconds, self._unless_changed(task, self._terminate))
        else:
            self._terminate(self._stamp(task, known))
        if task.started_at is not None:
            self._after(self._timing.replacing, lambda: self._reconcile(service))

    def _stamp(self, task: Task, stop: Stop) -> Task:
        return replace(task, stop=stop, stopping_at=task.stopping_at or self.now)

    def _terminate(self, task: Task) -> None:
        self._then(self._change(task, Status.STOPPING), self._timing.stopping, self._end)

    def _end(self, task: Task) -> None:
        stop = task.stop
        if stop is not None and stop.exit_code is None and task.started_at is not None:
            stop = replace(stop, exit_code=_TERMINATED)
        task = self._change(task, Status.DEPROVISIONING, ended_at=self.now, stop=stop)
        self._then(task, self._timing.deprovisioning, self._gone)
        service = self._services[task.service]
        self._after(self._timing.replacing, lambda: self._reconcile(service))

    def _gone(self, task: Task) -> None:
        self._change(task, Status.STOPPED)
        service = self._services[task.service]
        del service.tasks[task.task_id]
        self._reconcile(service)
        self._forget_if_gone(service)

    def _forget_if_gone(self, service: Service) -> None:
        if service.removed and not service.tasks:
            self._services.pop(service.name, None)

    def _count_failure(self, service: Service, task: Task) -> None:
        """A task that ended before it was healthy: throttle starts, and let the circuit breaker count."""
        if task.started_at is None:
            self._throttle(service)
        deployment = service.deployments[task.deployment_id]
        if task.healthy_at is not None or deployment.state is not Rollout.IN_PROGRESS:
            return
        deployment = replace(deployment, failed_tasks=deployment.failed_tasks + 1, updated_at=self.now)
        self._keep(service, deployment)
        if (
            service.rules.breaker
            and deployment.primary
            and deployment.failed_tasks >= service.failures_allowed
        ):
            back = service.roll_back_to() if service.rules.rolls_back else None
            self._fail(service, deployment, f"{BREAKER}: tasks failed to start.", back, BREAKER)

    def _throttle(self, service: Service) -> None:
        service.failed_starts += 1
        beyond = service.failed_starts - _THROTTLED_AFTER
        if beyond < 0:
            return
        delay = min(self._timing.first_delay * 2.0**beyond, self._timing.longest_delay)
        service.not_before = self.now + delay
        reason = f"(service {service.name}) is unable to consistently start tasks successfully."
        self._happened.append(ServiceActed(service.name, "SERVICE_TASK_START_IMPAIRED", self.now, reason))

    def _fail(
        self, service: Service, deployment: Deployment, reason: str, back: Deployment | None, by: str
    ) -> None:
        """End a deployment and go back to another one, if there is any."""
        self._roll(service, replace(deployment, primary=back is None), Rollout.FAILED, reason)
        if back is not None:
            name = back.deployment_id
            self._roll(
                service,
                replace(back, primary=True, failed_tasks=0),
                Rollout.IN_PROGRESS,
                f"{by}: rolling back to deploymentId {name}.",
            )
        service.failed_starts, service.not_before = 0, 0.0

    def _change(self, task: Task, status: Status, **facts: Any) -> Task:
        changed = replace(task, status=status, status_at=self.now, version=task.version + 1, **facts)
        self._services[task.service].tasks[task.task_id] = changed
        self._tell(changed)
        return changed

    def _tell(self, task: Task) -> None:
        self._happened.append(TaskChanged(task, self.now))

    def _then(self, task: Task, typical: float, act: Callable[[Task], None]) -> None:
        self._after(typical, self._unless_changed(task, act))

    def _unless_changed(self, task: Task, act: Callable[[Task], None]) -> Callable[[], None]:
        """What was planned for a task is void once something else has happened to it."""

        def act_on_present() -> None:
            service = self._services.get(task.service)
            present = service.tasks.get(task.task_id) if service else None
            if present is not None and present.version == task.version:
                act(present)

        return act_on_present


def _scheduled_stop(deployment: Deployment) -> Stop:
    reason = f"Scaling activity initiated by (deployment {deployment.deployment_id})"
    return Stop("ServiceSchedulerInitiated", reason)
