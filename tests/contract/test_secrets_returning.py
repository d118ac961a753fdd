"""Secrets come back to a new environment's stack: our own adapters, and the local cloud's services."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from ministack import app
from ministack.core.responses import request_scope
from ministack.services import s3

from cli.published import GATEWAY, manifest
from stargate.adapters import aws
from stargate.adapters.provisioning.adoptions import CloudFormationAdoptions
from stargate.adapters.provisioning.belongings import AwsBelongings
from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
from stargate.adapters.provisioning.remains import AwsRemains
from stargate.domain.gateway.tags import stack_tags
from stargate.errors import CommonFailedError
from stargate.usecases.provisioning.find_returning import FindReturning
from stargate.usecases.provisioning.restore_secrets import RestoreSecrets
from tests import fakes
from tests.contract import ministack_in_process
from tests.contract.answering import ACCOUNT, respond
from tests.unit.play import Play

REGION, STACK, ROLE = "us-east-1", "stargate-sandbox-secrets", "arn:aws:iam::000000000000:role/service"
PATHS = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required")
MOVES = [
    "it begins with nothing in it",
    "the secrets of an earlier environment are restored and reused",
    "it has the secrets of an earlier environment, and is made whole",
]


@dataclass
class Place:
    """Stacks come to stand on this loop: our adapters, which know of none, are called from another thread."""

    cloud: ministack_in_process.Cloud
    loop: asyncio.AbstractEventLoop

    def __post_init__(self):
        for service in ("cloudformation", "secretsmanager"):
            self.answer(aws.client(service, REGION), service)
        self.template, self.stacks = manifest().stacks["secrets"], CloudFormationStacks(ROLE)
        self.manifests = fakes.FakeManifests(manifest())

    def answer(self, client, service):
        async def asked(request):
            headers = {name.lower(): _text(value) for name, value in request.headers.items()}
            body = request.body.read() if hasattr(request.body, "read") else request.body or b""
            path = urlsplit(request.url).path or "/"
            with request_scope(ACCOUNT, REGION):
                handled = app.SERVICE_HANDLERS[service](request.method, path, headers, _bytes(body), {})
                return respond(*await handled)

        def sent(request, **_named):
            return asyncio.run_coroutine_threadsafe(asked(request), self.loop).result()

        client.meta.events.register_last(f"before-send.{service}", sent)
        return client

    def publish(self):
        """Where the fake's address leads in the local cloud."""
        client = self.answer(boto3.client("s3", region_name=REGION, config=PATHS), "s3")
        bucket, key = self.url.removeprefix("https://bucket/").split("/", 1)
        client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=bucket, Key=key, Body=(GATEWAY / self.template.key).read_bytes())

    @property
    def url(self):
        return self.manifests.template_url(self.manifests.manifest.version, self.template.key)

    async def lived(self, environment):
        """Made and removed as movers and `dispose_data` do it; answers its secrets, now in their window."""
        await asyncio.to_thread(self.publish)
        given, tags = {"Environment": environment.name}, stack_tags(environment, "secrets")
        await asyncio.to_thread(self.stacks.create, REGION, STACK, self.url, given, tags, "made")
        stack = await self.cloud.settled(STACK, "CREATE_")
        were = await asyncio.to_thread(self.secrets, environment)
        await asyncio.to_thread(self.stacks.delete, REGION, stack["StackId"], "gone")
        await self.cloud.settled(STACK, "DELETE_")
        for one in await asyncio.to_thread(self.left, environment):
            await asyncio.to_thread(AwsRemains().schedule_secret, one, 30)
        return were

    def left(self, environment):
        return AwsRemains().secrets(REGION, environment.name, environment.environment_id)

    def secrets(self, environment):
        """By name, what bears the environment's id: ARN and value."""
        client = aws.client("secretsmanager", REGION)
        return {
            one.name: (one.arn, client.get_secret_value(SecretId=one.arn)["SecretString"])
            for one in self.left(environment)
        }

    async def restored(self, environment):
        """What the calls were told, each thing once, until there is nothing to do."""
        adoptions = CloudFormationAdoptions(ROLE)
        find = FindReturning(self.manifests, self.stacks, AwsBelongings())
        restore = RestoreSecrets(find, self.manifests, self.stacks, adoptions)
        told = {}
        while (behind := await asyncio.to_thread(restore, environment)) is not None:
            told[behind.removeprefix(f"{STACK}: ")] = True
        return [move for move in told if not move.endswith("_IN_PROGRESS")]


def _bytes(value):
    return value if isinstance(value, bytes) else value.encode()


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture
def lives(monkeypatch):
    """The first sandbox, and the second that has the name after it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    aws.client.cache_clear()
    first = replace(Play().ask(), gateway_version=manifest().version)
    yield first, replace(first, environment_id="ffffffffffff")
    aws.client.cache_clear()
    s3.reset()


def play(story):
    with ministack_in_process.cloud() as cloud:

        async def played():
            await story(Place(cloud, asyncio.get_running_loop()))

        asyncio.run(played())


def test_a_name_that_was_retired_gets_its_secrets_back(lives):
    """ARNs and values as they were, under the new environment's id, in a stack that gives its outputs."""
    first, second = lives

    async def story(place):
        were = await place.lived(first)
        assert await place.restored(second) == MOVES
        assert await asyncio.to_thread(place.secrets, second) == were
        stack = await asyncio.to_thread(place.stacks.describe, REGION, STACK)
        assert (stack.status, stack.belongs_to(second.environment_id)) == ("UPDATE_COMPLETE", True)
        assert set(stack.outputs.values()) == {arn for arn, _ in were.values()}

    play(story)


def test_where_they_may_not_be_read_the_next_attempt_begins_anew(lives):
    """The first says why and takes its stack away; the secrets are back, and are taken over by the second."""
    first, second = lives

    async def story(place):
        were = await place.lived(first)
        place.cloud.denied.add(("read", "AWS::SecretsManager::Secret"))
        with pytest.raises(CommonFailedError, match="not authorized to read"):
            await place.restored(second)
        place.cloud.denied.clear()
        await place.cloud.settled(STACK, "DELETE_")
        assert await asyncio.to_thread(place.secrets, second) == were
        assert await place.restored(replace(second, attempt=2)) == MOVES
        assert await asyncio.to_thread(place.secrets, second) == were

    play(story)
