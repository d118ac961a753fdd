"""Under load the CPU of the proxy passes what its service scales at: with one worker it never would."""

from __future__ import annotations

import asyncio
import os

from local.judges.clients import Answer, Clients, Door
from local.judges.litellm_proxy import MASTER_KEY
from local.judges.mixture import Lengths, Mixture
from local.judges.processes import preferred
from local.judges.usage import turns_of_session, undisturbed
from tests.template.gateway_templates import resources_of_type

# Mostly plain and short, so that the clients, who share the cores, need little of them.
QUESTIONS = Mixture(streamed=0.2, answer=Lengths(20, 0.5, 60))
VCPUS = 2
TURN_SECONDS = 5
PEOPLE = 60
MORE_PEOPLE = 20
MOST_PEOPLE = 300


def test_cpu_passes_the_scaling_target(door):
    """As ECS counts it, of the task's two vCPUs: what others take from it on this machine is reckoned in."""
    ((_, _, policy),) = resources_of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
    target = policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
    with preferred(door.proxy.program.pid, door.outside.program.pid, os.getpid()):
        assert asyncio.run(_cpu_under_load(door, enough=target)) > target


async def _cpu_under_load(door, enough: float) -> float:
    """The highest percentage seen in a few seconds; more people come until it is enough.

    How many that takes depends on the machine: those who ask share its cores with the proxy, and while one
    of them waits for a core he asks for nothing.
    """
    answers: list[Answer] = []
    people = Clients(Door("127.0.0.1", door.proxy.port, MASTER_KEY), QUESTIONS, answers.append)
    highest = 0.0
    for count in range(PEOPLE, MOST_PEOPLE + 1, MORE_PEOPLE):
        await people.arrive(count, within_seconds=TURN_SECONDS)
        highest = max(highest, await _cpu_of_a_turn(door.proxy.program.pid))
        if highest > enough:
            break
    await people.stop()
    return highest


async def _cpu_of_a_turn(proxy: int) -> float:
    """Percent of the task's vCPUs."""
    before = turns_of_session(proxy)
    await asyncio.sleep(TURN_SECONDS)
    return 100 * undisturbed(before, turns_of_session(proxy), TURN_SECONDS) / VCPUS
