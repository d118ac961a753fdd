"""The database, as RDS sees it."""

from __future__ import annotations

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of


def database(region: str, identifier: str) -> tuple[str, bool]:
    try:
        answer = client("rds", region).describe_db_instances(DBInstanceIdentifier=identifier)
    except ClientError as error:
        if code_of(error).startswith("DBInstanceNotFound"):
            return "absent", False
        raise
    instance = answer["DBInstances"][0]
    return instance["DBInstanceStatus"], bool(instance.get("MultiAZ"))
