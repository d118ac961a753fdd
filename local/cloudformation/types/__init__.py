"""CloudFormation types that MiniStack lacks or gets wrong, one file per service.

Each file has HANDLERS: {type: {"create": .., "delete": .., "stands": ..}}. `create(logical id, properties,
stack name)` answers the physical id and what GetAtt finds; `delete(physical id, properties)`;
`stands(physical id)` is called when the resource's time has come, for what shows as "creating" until then,
and `leaves(physical id)` when its deletion begins. The `update` of one that "blocks" returns when it stands.
TAGGED are the types that take the stack's tags beside those MiniStack knows. A handler "import" comes with
its IMPORTED: by which property a change set names the resource, and what is wrong with it.
"""

from ministack.services.cloudformation import changesets, provisioners

from local.cloudformation.types import (
    application_autoscaling,
    balancing,
    bedrock,
    cloudfront,
    ec2,
    ec2_instances,
    ecs,
    efs,
    rds,
    secrets,
    waf,
)

SERVICES = (
    application_autoscaling,
    balancing,
    bedrock,
    cloudfront,
    ec2,
    ec2_instances,
    ecs,
    efs,
    rds,
    secrets,
    waf,
)


def install() -> None:
    changesets._IMPORT_LOOKUPS.update(secrets.IMPORTED)
    for service in SERVICES:
        for name, handlers in service.HANDLERS.items():
            provisioners._RESOURCE_HANDLERS[name] = {
                **provisioners._RESOURCE_HANDLERS.get(name, {}),
                **handlers,
            }
        for name in service.TAGGED:
            provisioners._STACK_TAG_PROPERTY[name] = ("Tags", "list")
