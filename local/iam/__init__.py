"""Who may do what, where MiniStack does not ask: workflows and CloudFormation act by the role they have.

Functions by their role and callers by their own rights are MiniStack's (AUTH=true).
"""

from local.iam import documents, keys, organization, resources, simulation, stacks
from local.iam.stacks import check_reading, check_resource

__all__ = ["check_reading", "check_resource", "install"]


def install() -> None:
    documents.install()
    keys.install()
    organization.install()
    resources.install()
    simulation.install()
    stacks.install()
