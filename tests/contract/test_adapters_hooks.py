"""Hooks' secrets as Secrets Manager keeps them, and what is handed over to a function, against moto."""

from __future__ import annotations

from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.people.hook_secrets import ManagedHookSecrets
from stargate.adapters.provisioning.remains import AwsRemains
from stargate.domain.signals.hooks import Hook

ID = "0123456789ab"
HOOK = Hook("lab", "us-west-1", "aaaaaaaaaaaa", "Grafana of the platform")
LAB = SimpleNamespace(name="lab", region="us-west-1")


@pytest.fixture(autouse=True)
def _cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()


def manager():
    return boto3.client("secretsmanager", region_name="us-west-1")


def test_a_hook_has_a_secret_of_its_own_that_nobody_could_guess():
    """In the environment's region; two hooks have two."""
    hooks, other = ManagedHookSecrets(), Hook("lab", "us-west-1", "bbbbbbbbbbbb")
    hooks.make(HOOK, ID)
    hooks.make(other, ID)
    values = {hooks.value(HOOK), hooks.value(other)}
    assert len(values) == 2
    assert min(map(len, values)) > 40
    assert manager().get_secret_value(SecretId=HOOK.secret_name)["SecretString"] in values


def test_hooks_are_listed_with_who_posts_to_them():
    """And nothing else that the environment has, nor another's."""
    hooks = ManagedHookSecrets()
    hooks.make(HOOK, ID)
    hooks.make(Hook("labour", "us-west-1", "cccccccccccc"), ID)
    manager().create_secret(Name="stargate-lab/litellm-salt-key", SecretString="x")
    manager().create_secret(Name="stargate-lab/hook-line", SecretString="x")
    (found,) = hooks.of(LAB)
    assert (found.hook_id, found.note) == (HOOK.hook_id, HOOK.note)
    assert found.made_at > 0


@pytest.mark.parametrize("description", ["by hand", "{}", "[1]"])
def test_a_description_that_somebody_changed_is_shown_as_it_is(description):
    """It is for people."""
    ManagedHookSecrets().make(HOOK, ID)
    manager().update_secret(SecretId=HOOK.secret_name, Description=description)
    (found,) = ManagedHookSecrets().of(LAB)
    assert found.note == description


def test_a_removed_hook_is_gone_at_once():
    """No value, no place in the list; removed again there is nothing to remove."""
    hooks = ManagedHookSecrets()
    hooks.make(HOOK, ID)
    assert (hooks.remove(HOOK), hooks.remove(HOOK)) == (True, False)
    assert hooks.value(HOOK) is None
    assert list(hooks.of(LAB)) == []


def test_a_hook_of_a_retired_environment_lets_nobody_in():
    """Its secret is within the window in which it could be restored."""
    hooks = ManagedHookSecrets()
    hooks.make(HOOK, ID)
    (secret,) = AwsRemains().secrets("us-west-1", "lab", ID)
    AwsRemains().schedule_secret(secret, 7)
    assert hooks.value(HOOK) is None
    assert list(hooks.of(LAB)) == []
    assert hooks.remove(HOOK) is False
