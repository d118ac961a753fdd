"""The control plane's table on moto, with the keys and the index that template.yaml gives it."""

from __future__ import annotations

import contextlib

import boto3
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.state.table import Table
from tests.template.control_plane import RESOURCES

NAME = "stargate"
FIELDS = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


def definition():
    asked = RESOURCES["Table"]["Properties"]
    return {name: asked[name] for name in FIELDS}


@contextlib.contextmanager
def table(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    try:
        with mock_aws():
            boto3.client("dynamodb").create_table(TableName=NAME, **definition())
            yield Table(NAME)
    finally:
        aws.client.cache_clear()
