"""The scaling timeline of the gateway's specification, and the one straight line that fits it best.

The table is no function of users per task: 25 users per task are at 55 % in its second row, 27 at 48 % in
its fourth. Its first three rows lie near 24 % + 1.25 per user, the others near 1.77 per user. A task that
works the same at all times can only have one curve, so the twin takes the line with the least squared error
over all rows; docs/twin.md tells the error of each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    users: int
    tasks: int
    cpu_percent: float

    @property
    def users_per_task(self) -> float:
        return self.users / self.tasks


TIMELINE = (
    Row(10, 2, 30),
    Row(50, 2, 55),
    Row(80, 2, 72),
    Row(80, 3, 48),
    Row(120, 3, 71),
    Row(120, 4, 53),
    Row(60, 4, 26),
    Row(60, 4, 26),
    Row(60, 3, 35),
    Row(30, 3, 17),
    Row(30, 2, 26),
)


@dataclass(frozen=True)
class Line:
    """CPU in percent of a task with so many users: `idle` + `per_user` times their number."""

    idle: float
    per_user: float

    def cpu_percent(self, users_per_task: float) -> float:
        return self.idle + self.per_user * users_per_task


def fitted(rows: tuple[Row, ...] = TIMELINE) -> Line:
    """The line of least squares."""
    count = len(rows)
    mean_users = sum(row.users_per_task for row in rows) / count
    mean_cpu = sum(row.cpu_percent for row in rows) / count
    square = sum((row.users_per_task - mean_users) ** 2 for row in rows)
    product = sum((row.users_per_task - mean_users) * (row.cpu_percent - mean_cpu) for row in rows)
    per_user = product / square
    return Line(mean_cpu - per_user * mean_users, per_user)


def work_seconds(line: Line, requests_per_user: float, cores: float) -> float:
    """CPU time of a usual request, if each user makes so many a second: what the slope pays for."""
    return line.per_user / 100.0 * cores / requests_per_user
