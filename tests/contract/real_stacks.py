"""The gateway's own templates, made in their order in the in-process cloud: an environment that stands."""

from __future__ import annotations

from pathlib import Path

from ministack.core.responses import request_scope

from local.clock import REAL_TIME, Clock
from stargate.domain.gateway.graph import GATEWAY
from stargate.domain.gateway.parameters import environment_parameters, stack_parameters
from stargate.domain.gateway.tags import stack_tags
from tests.contract.answering import ACCOUNT
from tests.unit.costs.cost_play import REAL

STACKS = Path(__file__).parents[2] / "gateway" / "stacks"
BUCKET, BOUNDARY = "stargate-gateway", f"arn:aws:iam::{ACCOUNT}:policy/stargate-boundary"


class StoppedClock(Clock):
    """It begins at any moment and runs, compressed, until somebody stops it; then it is where they put it."""

    def __init__(self, scale, begins):
        super().__init__(scale, REAL_TIME())
        self.at = begins
        self.run_on(scale)

    def now(self):
        return self._from + (REAL_TIME() - self._since) * self.scale if self.at is None else self.at

    def run_on(self, scale):
        self._from, self._since = self.at, REAL_TIME()
        self.at, self.scale = None, scale

    def stop(self, scale):
        """What waits for simulated time waits by this scale from now on."""
        self.at, self.scale = self.now(), scale


async def made(cloud, environment):
    """All stacks of the environment; returns what they gave out."""
    outputs = {}
    for node in in_order(environment):
        await asked(cloud, "CreateStack", environment, node, outputs)
        stack = await cloud.settled(name_of(environment, node))
        assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told(name_of(environment, node))
        outputs |= {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    return outputs


async def changed(cloud, environment, outputs, nodes):
    """These stacks anew, as the environment is declared now."""
    for node in nodes:
        await asked(cloud, "UpdateStack", environment, node, outputs)
        stack = await cloud.settled(name_of(environment, node), "UPDATE_")
        assert stack["StackStatus"] == "UPDATE_COMPLETE", cloud.told(name_of(environment, node))


async def asked(cloud, action, environment, node, outputs):
    declared = environment_parameters(environment, BUCKET, BOUNDARY)
    parameters = stack_parameters(REAL.stacks[node], declared, outputs)
    members = {
        **_members("Parameters", "ParameterKey", "ParameterValue", parameters),
        **_members("Tags", "Key", "Value", stack_tags(environment, node)),
    }
    body = (STACKS / f"{node}.yaml").read_text()
    with request_scope(ACCOUNT, environment.region_of(node)):
        await cloud.ask(action, StackName=name_of(environment, node), TemplateBody=body, **members)


def in_order(environment):
    """Each stack after those that it needs."""
    left = [node for node in GATEWAY.names if node in REAL.stacks]
    done = []
    while left:
        ready = [node for node in left if not set(GATEWAY.node(node).needs) & set(left)]
        done += ready
        left = [node for node in left if node not in ready]
    return done


def name_of(environment, node):
    return f"stargate-{environment.name}-{node}"


def _members(list_name, key, value, pairs):
    found = {}
    for number, (name, text) in enumerate(pairs.items(), start=1):
        found[f"{list_name}.member.{number}.{key}"] = name
        found[f"{list_name}.member.{number}.{value}"] = text
    return found
