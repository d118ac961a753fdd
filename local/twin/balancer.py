"""What the load balancer counts: requests and answers by code, how long the first byte took.

A request is counted in the minute in which it ends, and only if a target was chosen for it: one that found no
target is an error of the balancer and no request, as at AWS.
"""

from __future__ import annotations

from local.twin.histogram import Histogram, durations
from local.twin.readings import Reading, of_events, of_gauge

NO_TARGET = "503"
TARGET_GONE = "502"
CALLER_GONE = (
    "460"  # an application balancer's own code for a caller who hung up; behind CloudFront he sees a 504
)
THROTTLED = "429"
TOO_BUSY = "503 of a target"
MODEL_FAILED = "500"
REFUSED_KEY = "401"
FROM_TARGET = frozenset({THROTTLED, TOO_BUSY, MODEL_FAILED, REFUSED_KEY})


class Balancer:
    def __init__(self, service: str) -> None:
        self._targets = f"targets:{service}"
        self._minute = Minute()
        self.last_minute = Minute()

    def answered(self, count: int, first_byte: float, whole: float) -> None:
        minute = self._minute
        minute.completed += count
        minute.first_bytes.append((first_byte, count))
        minute.wholes.append((whole, count))

    def failed(self, count: int, code: str, after: float) -> None:
        codes = self._minute.codes
        codes[code] = codes.get(code, 0) + count
        if code in FROM_TARGET:
            self._minute.first_bytes.append((after, count))

    def take_readings(self, at: float, connections: float, healthy: int | None) -> list[Reading]:
        """The readings of the minute that began at `at`, which is then over.

        `healthy` is None where there is no service. A target that is new or drains is neither healthy nor
        unhealthy, and none of the twin's is ill: its container is well or dead.
        """
        minute, self._minute = self._minute, Minute()
        self.last_minute = minute
        found = [
            *minute.readings(at, "balancer", self._targets),
            *minute.own_errors(at),
            Reading("balancer", "active_connections", at, 60, of_gauge(connections)),
        ]
        if healthy is not None:
            found.append(Reading(self._targets, "healthy", at, 60, of_gauge(float(healthy))))
            found.append(Reading(self._targets, "unhealthy", at, 60, of_gauge(0.0)))
        if healthy or minute.requests:
            requests = of_events(minute.requests)
            found.append(Reading("balancer", "requests", at, 60, requests))
            found.append(Reading(self._targets, "requests", at, 60, requests))
        return found


class Minute:
    """What is counted in one minute."""

    def __init__(self) -> None:
        self.completed = 0
        self.codes: dict[str, int] = {}
        self.first_bytes: list[tuple[float, int]] = []
        self.wholes: list[tuple[float, int]] = []

    def whole(self) -> Histogram:
        """How long whole answers took."""
        return durations(self.wholes)

    def first_byte(self) -> Histogram:
        """How long the first byte of an answer or of a target's error took."""
        return durations(self.first_bytes)

    @property
    def requests(self) -> int:
        return self.completed + sum(count for code, count in self.codes.items() if code != NO_TARGET)

    def readings(self, at: float, *subjects: str) -> list[Reading]:
        """What targets answered. AWS reports codes and times only where there are some."""
        counts = {
            "target_2xx": self.completed,
            "target_4xx": self.codes.get(THROTTLED, 0) + self.codes.get(REFUSED_KEY, 0),
            "target_5xx": self.codes.get(MODEL_FAILED, 0) + self.codes.get(TOO_BUSY, 0),
        }
        samples = {name: of_events(count) for name, count in counts.items() if count}
        if self.first_bytes:
            samples["response_seconds"] = self.first_byte().samples()
        return [Reading(subject, name, at, 60, samples[name]) for subject in subjects for name in samples]

    def own_errors(self, at: float) -> list[Reading]:
        counts = {
            "elb_4xx": self.codes.get(CALLER_GONE, 0),
            "elb_5xx": self.codes.get(TARGET_GONE, 0) + self.codes.get(NO_TARGET, 0),
            "elb_502": self.codes.get(TARGET_GONE, 0),
            "elb_503": self.codes.get(NO_TARGET, 0),
        }
        return [
            Reading("balancer", name, at, 60, of_events(count)) for name, count in counts.items() if count
        ]
