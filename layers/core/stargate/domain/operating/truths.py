"""What a look at the truth says of an open condition, as signals that were lost or never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.asking import over
from stargate.domain.operating.conditions import QUIET_SECONDS
from stargate.domain.signals.alarms import MEASURES, OTHER, alarm_signal
from stargate.domain.signals.envelope import environment_in
from stargate.domain.signals.signal import Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.conditions import Condition, Report
    from stargate.domain.operating.facts import AlarmState, ServiceFacts

ALARMED = frozenset({*MEASURES.values(), OTHER})
OF_SERVICES: Mapping[str, str] = {
    "task-stopped": "steady-state",
    "placement-failed": "steady-state",
    "deployment-failed": "deployment-completed",
}
REPORTERS = {"deployment-failed": "deployment"}
# What has no instrument to be looked at: so long after the newest word of it, it is taken to be over.
HOUR, DAY = 3600.0, 86400.0
LAPSES: Mapping[str, float] = {
    "database-failover": HOUR / 2,  # it takes a minute or two; RDS's events are best effort
    "model-throttled": HOUR,
    "secret-rotated": DAY,
    "quota-warning": DAY,
    "cost-anomaly": 3 * DAY,
    "budget-passed": 31 * DAY,
    "task-retirement": 15 * DAY,
}
USUAL_LAPSE = 7 * DAY
# What happens once and is over as soon as this action on it has reached its effect.
OVER_WITH: Mapping[str, str] = {"secret-rotated": "redeploy_readers", "task-retirement": "restart_service"}


def alarms_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The alarms that keep these conditions open; others may report the same."""
    return tuple(
        source
        for condition in conditions
        if condition.kind in ALARMED
        for source, report in condition.reports.items()
        if report.opens and environment_in(source)
    )


def told_by_time(environment: Environment, condition: Condition, now: float) -> Iterator[Signal]:
    """The end of each report that nobody renews and nothing can be asked about."""
    if condition.kind in OF_SERVICES:
        return
    lapse = LAPSES.get(condition.kind, USUAL_LAPSE)
    asked = alarms_of([condition])
    for source, report in condition.reports.items():
        if report.opens and source not in asked and now - report.at > lapse:
            reason = f"nothing was heard of it for {lapse / HOUR:g} h"
            yield _closing(environment, condition, condition.kind, source, {"reason": reason}, now)


def told_by_actions(
    environment: Environment, condition: Condition, actions: Iterable[Action], now: float
) -> Iterator[Signal]:
    """That it is over, since what it called for was done after the newest word of it."""
    ends_it = OVER_WITH.get(condition.kind)
    done = (one for one in actions if one.condition == condition.key and one.kind == ends_it)
    if any(one.status is ActionStatus.REACHED and one.requested_at >= condition.last_at for one in done):
        for source, report in condition.reports.items():
            if report.opens:
                facts = {"reason": f"{ends_it} has reached its effect"}
                yield _closing(environment, condition, condition.kind, source, facts, now)


def told_by_requests(
    environment: Environment, condition: Condition, actions: Iterable[Action], now: float
) -> Iterator[Signal]:
    """That what a person asked for is done, is not needed, or has had its time."""
    reason = over(condition, actions, now)
    for source, report in condition.reports.items():
        if reason and report.opens:
            yield _closing(environment, condition, condition.kind, source, {"reason": reason}, now)


def told_by_alarms(
    environment: Environment, condition: Condition, states: Mapping[str, AlarmState], now: float
) -> Iterator[Signal]:
    """One signal for each alarm that does not say any more what we heard of it last."""
    for source in alarms_of([condition]):
        state, report = states.get(source), condition.reports[source]
        value = "OK" if state is None else state.value
        if value == "ALARM":
            continue
        at = now if state is None else max(state.at, report.at)
        facts = {"reason": "the alarm is gone" if state is None else "seen at the examination, not told"}
        signal = alarm_signal(examined(source, at), source, value, at, environment.region, facts)
        if signal is not None:
            yield signal


def ringing_unheard(
    conditions: Mapping[str, Condition], name: str, state: AlarmState, region: str
) -> Signal | None:
    """The signal of an alarm in ALARM, unless its condition knows of it."""
    facts = {"reason": "found in ALARM at the examination, not told"}
    signal = alarm_signal(examined(name, state.at), name, "ALARM", state.at, region, facts)
    if signal is None:
        return None
    report = _report(conditions.get(f"{signal.kind}#{signal.subject}"), name)
    if report is None:
        return signal
    if report.opens:
        return None
    at = max(state.at, report.at)
    return alarm_signal(examined(name, at), name, "ALARM", at, region, facts)


def _report(condition: Condition | None, source: str) -> Report | None:
    return condition.reports.get(source) if condition else None


def told_by_service(
    environment: Environment, condition: Condition, service: ServiceFacts | None, now: float
) -> Iterator[Signal]:
    """That a service is steady again, once it has been quiet for long enough."""
    newest_stop = condition.stops[-1].at if condition.stops else condition.last_at
    if service is None or not service.steady or now - newest_stop < QUIET_SECONDS:
        return
    facts = {"reason": f"seen steady at the examination with {service.running} tasks"}
    source = REPORTERS.get(condition.kind, "scheduler")
    yield _closing(environment, condition, OF_SERVICES[condition.kind], source, facts, now)


def _closing(
    environment: Environment,
    condition: Condition,
    kind: str,
    source: str,
    facts: Mapping[str, str],
    now: float,
) -> Signal:
    return Signal(
        event_id=examined(f"{condition.key} {source}", now),
        at=now,
        environment=environment.name,
        kind=kind,
        subject=condition.subject,
        severity=Severity.INFO,
        turn=Turn.CLOSES,
        source=source,
        region=environment.region,
        facts=facts,
    )


def examined(what: str, at: float) -> str:
    """In the place of an event's id: the same finding has the same."""
    return f"examined {what} {at:.3f}"
