# ruff: noqa: ARG002  (a fake takes what its port takes, and needs less of it)
"""What things cost, in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.paging import Page
from stargate.errors import AwsDeniedError, AwsThrottledError, ConflictError


@dataclass
class FakePrices:
    """The committed snapshot, and over it what was kept."""

    kept: list = field(default_factory=list)

    def book(self):
        return SNAPSHOT.with_newer(self.kept)

    def listed(self):
        return list(self.kept)

    def keep(self, prices):
        self.kept = list(prices)


@dataclass
class FakePriceList:
    """The documents that the test gives, by service; `busy` ones are throttled, `broken` answer no JSON."""

    documents: dict = field(default_factory=dict)
    busy: tuple = ()
    broken: tuple = ()
    asked: list = field(default_factory=list)

    def products(self, query):
        self.asked.append(query)
        if query.service in self.busy:
            raise AwsThrottledError("GetProducts: slow down")
        if query.service in self.broken:
            yield "<html>"
        for text in self.documents.get(query.service, ()):
            product = json.loads(text).get("product", {})
            told = {"productFamily": product.get("productFamily"), **product.get("attributes", {})}
            if all(told.get(name) == value for name, value in query.attributes):
                yield text


@dataclass
class FakeUsage:
    """What the test says that was used of each name in an hour, for as long as is asked."""

    hourly: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def measure(self, environment, outputs, interval):
        self.asked.append((environment.name, interval))
        return {name: value * interval.hours for name, value in self.hourly.items()}


@dataclass
class FakeKeyUses:
    """What each key used in an hour, as the test says; `silent` is an observer that cannot be asked."""

    hourly: tuple = ()
    silent: bool = False
    asked: list = field(default_factory=list)

    def used(self, environment, interval):
        self.asked.append((environment.name, interval))
        if self.silent:
            return None
        counts = ("input", "output", "cache_read", "cache_write", "told")
        return [
            replace(one, **{name: getattr(one, name) * interval.hours for name in counts})
            for one in self.hourly
        ]


@dataclass
class FakeCostDays:
    """Rows with versions; `meddle` lets a test change something before a write."""

    kept: dict = field(default_factory=dict)
    meddle: list = field(default_factory=list)

    def of(self, environment_id, month):
        days = self.kept.get(environment_id, {})
        return [days[day] for day in sorted(days) if (day.year, day.month) == (month.year, month.number)]

    def get(self, environment_id, day):
        return self.kept.get(environment_id, {}).get(day)

    def newest(self, environment_id):
        days = self.kept.get(environment_id, {})
        return days[max(days)] if days else None

    def put(self, environment_id, day):
        if self.meddle:
            self.meddle.pop(0)()
        present = self.get(environment_id, day.day)
        if (0 if present is None else present.version) != day.version:
            raise ConflictError(str(day.day))
        self.kept.setdefault(environment_id, {})[day.day] = replace(day, version=day.version + 1)


@dataclass
class FakeBills:
    """Answers of Cost Explorer as the test gives them."""

    used: list = field(default_factory=list)
    beside_use: list = field(default_factory=list)
    active: bool | None = True
    denied: str = ""
    asked: list = field(default_factory=list)

    def use(self, environment, since, until):
        self.asked.append((environment, since, until))
        if self.denied:
            raise AwsDeniedError(self.denied)
        return self.used

    def beside(self, environment, since, until):
        return self.beside_use

    def tag_is_active(self):
        return self.active


@dataclass
class FakeCostReports:
    """Rows of days, and files by name and ending."""

    told: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)

    def get(self, environment_id, day):
        return self.told.get((environment_id, day))

    def page(self, environment_id, limit, before):
        days = sorted((day for owner, day in self.told if owner == environment_id), reverse=True)
        due = [day for day in days if before is None or day < before]
        found = tuple(self.told[environment_id, day] for day in due[:limit])
        return Page(found, found[-1].day.isoformat() if due[limit:] else None)

    def put(self, environment_id, told):
        self.told[environment_id, told.day] = told

    def keep(self, environment_id, name, files):
        self.files[name] = dict(files)

    def links(self, environment_id, name, seconds):
        return {ending: f"{environment_id}/{name}.{ending}" for ending in self.files[name]}
