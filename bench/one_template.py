"""How long one template of the whole gateway would take: its resources, bound to each other across stacks.

CloudFormation makes each resource as soon as all that it refers to stands, so a single template has no
stack's end to wait for. What a stack takes as a parameter is here what the other's output refers to. The step
between stacks is a custom resource: it needs all of the stacks that it needs here, and services need it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.build_manifest import names_in, names_needed_by, published_text, read_template
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.provisioning.durations import longest_path

FOLDER = Path(__file__).resolve().parents[1] / "gateway"
WAITING = "AWS::ECS::Service"  # of what needs a step, this alone would wait for it

Templates = Mapping[str, Mapping[str, Any]]


def templates() -> dict[str, Mapping[str, Any]]:
    """As they are published, by the stack."""
    return {
        node.name: read_template(published_text(FOLDER / "stacks" / f"{node.name}.yaml", FOLDER).decode())
        for node in PLAIN.stacks
    }


def seconds_of_one_template(written: Templates, durations: Mapping[str, float]) -> float:
    """`durations` are of each resource that was made, as `<stack>/<logical id>`, and of each step."""
    resources = {name: (name, tuple(_needs(name, written, durations))) for name in durations}
    return longest_path(resources, durations.__getitem__)


def _needs(name: str, written: Templates, made: Iterable[str]) -> Iterator[str]:
    stack, _, logical_id = name.partition("/")
    if not logical_id:
        yield from (one for one in made if one.partition("/")[0] in PLAIN.node(name).needs)
        return
    resource = written[stack]["Resources"][logical_id]
    for named in names_needed_by(resource):
        if named in written[stack]["Resources"]:
            yield f"{stack}/{named}"
        else:
            yield from _behind(named, stack, written)
    if resource["Type"] == WAITING:
        yield from (need for need in PLAIN.node(stack).needs if PLAIN.node(need).kind == "step")


def _behind(parameter: str, stack: str, written: Templates) -> Iterator[str]:
    """What the output of that name refers to, in a stack that this one needs."""
    for other in PLAIN.all_needs(stack):
        output = written.get(other, {}).get("Outputs", {}).get(parameter)
        if output is not None:
            yield from (f"{other}/{name}" for name in names_in(output["Value"]))
