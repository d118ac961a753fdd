"""What a look at the truth says of an open condition, as signals that were lost or never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.conditions import QUIET_SECONDS
from stargate.domain.signals.alarms import MEASURES, alarm_signal
from stargate.domain.signals.signal import Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.operating.conditions import Condition, Report
    from stargate.domain.operating.facts import AlarmState, ServiceFacts

ALARMED = frozenset(MEASURES.values())
OF_SERVICES: Mapping[str, str] = {"task-stopped": "steady-state", "deployment-failed": "deployment-completed"}
REPORTERS = {"task-stopped": "scheduler", "deployment-failed": "deployment"}


def alarms_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The alarms that keep these conditions open."""
    return tuple(
        source
        for condition in conditions
        if condition.kind in ALARMED
        for source, report in condition.reports.items()
        if report.opens
    )


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
    yield Signal(
        event_id=examined(condition.key, now),
        at=now,
        environment=environment.name,
        kind=OF_SERVICES[condition.kind],
        subject=condition.subject,
        severity=Severity.INFO,
        turn=Turn.CLOSES,
        source=REPORTERS[condition.kind],
        region=environment.region,
        facts={"reason": f"seen steady at the examination with {service.running} tasks"},
    )


def examined(what: str, at: float) -> str:
    """In the place of an event's id: the same finding has the same."""
    return f"examined {what} {at:.3f}"
