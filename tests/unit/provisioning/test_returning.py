"""A name whose secrets are within their window: they are restored, and a stack of the new one has them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.manifest import WatchedResource
from stargate.domain.provisioning.moves import ObservedStack, StackEvent, Wait
from stargate.domain.provisioning.returning import decide_return
from stargate.errors import CommonFailedError, PreflightError
from tests import fakes
from tests.unit.play import Play
from tests.unit.provisioning.looking_ahead import preflight_of, restore_of
from tests.unit.provisioning.test_plan import planner

STACK, KIND = "stargate-sandbox-secrets", "AWS::SecretsManager::Secret"
SALT, ORIGIN = "stargate-sandbox/litellm-salt-key", "stargate-sandbox/origin-secret"
NEWER = "stargate-sandbox/grafana-secret-key"
IMPORTED = {"LitellmSaltKey": f"arn:{SALT}", "OriginSecret": f"arn:{ORIGIN}"}
DECLARED = {"LitellmSaltKey": SALT, "OriginSecret": ORIGIN, "GrafanaSecretKey": NEWER}


def watched(name):
    return WatchedResource(KIND, None, {"Name": {"Fn::Sub": name.replace("sandbox", "${Environment}")}})


@dataclass
class Return(Play):
    """The secrets of an earlier sandbox: its version had one less, and one that nobody wants now."""

    belongings: object = field(
        default_factory=lambda: fakes.FakeBelongings(
            {}, {SALT: True, ORIGIN: True, "stargate-sandbox/of-old": True}, left_by="sandbox"
        )
    )

    def __post_init__(self):
        super().__post_init__()
        made = self.manifests.manifest
        secrets = replace(
            made.stacks["secrets"],
            parameters=("Environment",),
            outputs=("LitellmSaltKeyArn",),
            watched={logical: watched(name) for logical, name in DECLARED.items()},
        )
        self.manifests.manifest = replace(made, stacks={**made.stacks, "secrets": secrets})
        self.adoptions = fakes.FakeAdoptions(self.stacks, self.belongings)

    def go_on(self):
        """The next call of the function."""
        return restore_of(self, self.belongings, self.adoptions)(self.environment)

    def look(self):
        return preflight_of(self, belongings=self.belongings)(self.environment.environment_id, 1)

    @property
    def stack(self):
        return self.stacks.stacks[STACK]

    def begun(self):
        self.go_on()
        self.stack.status = "CREATE_COMPLETE"
        return self

    def imported(self):
        self.begun().go_on()
        self.stack.status = "IMPORT_COMPLETE"
        return self

    def whole(self):
        self.imported().go_on()
        self.stack.status, self.stack.outputs = "UPDATE_COMPLETE", {"LitellmSaltKeyArn": f"arn:{SALT}"}
        return self


@pytest.fixture
def back():
    play = Return()
    play.environment = play.ask()
    return play


def test_preflight_sends_for_them_and_notes_it(back):
    """By name, those that the gateway still has, in the ledger too; once they stand there are none."""
    assert back.look() == (STACK,)
    assert back.summaries()[-1].endswith(f"restored and reused: {SALT}, {ORIGIN}")
    back.whole()
    assert back.look() == ()


def test_a_plan_names_what_comes_back():
    """Of an environment that does not stand yet; nothing is touched."""
    play = Return()
    plan = replace(planner(play), preflight=preflight_of(play, belongings=play.belongings))
    document = plan("sandbox", {"preset": "sandbox"})
    assert (document["restores"], document["preflight"]) == ([SALT, ORIGIN], {"ok": True, "faults": []})
    assert play.belongings.secret_names[SALT]


def test_they_are_imported_by_a_stack_that_is_the_environments_own(back):
    """It begins with nothing but its tags, imports them, and is updated to the whole of its template."""
    assert back.go_on() == f"{STACK}: it begins with nothing in it"
    assert back.stack.tags["stargate:id"] == back.environment.environment_id
    assert list(json.loads(back.stack.template_url)["Resources"]) == ["Place"]
    assert back.go_on() == f"{STACK}: it is CREATE_IN_PROGRESS"
    back.stack.status = "CREATE_COMPLETE"
    assert back.go_on() == f"{STACK}: the secrets of an earlier environment are restored and reused"
    template = json.loads(back.stack.template_url)
    assert set(template["Resources"]) == {"Place", *IMPORTED}
    assert "Outputs" not in template
    assert template["Resources"]["OriginSecret"] == {
        "Type": KIND,
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Delete",
        "Properties": {"Name": {"Fn::Sub": "stargate-${Environment}/origin-secret"}},
    }
    back.stack.status = "IMPORT_COMPLETE"
    back.go_on()
    assert back.stack.template_url.startswith("https://bucket/gateway/")
    assert (back.adoptions.imports, back.stacks.updated) == ([IMPORTED], [STACK])


def test_they_bear_the_new_environments_tags(back):
    """Those that come back, before any stack has them; what nobody wants now stays in its window."""
    back.begun().go_on()
    ids = {name: tags["stargate:id"] for name, tags in back.adoptions.tagged.items()}
    assert ids == dict.fromkeys((SALT, ORIGIN), back.environment.environment_id)
    assert back.belongings.secret_names["stargate-sandbox/of-old"]


def test_its_stack_then_counts_as_made(back):
    """The workflow finds it standing, and makes none."""
    back.whole()
    assert back.go_on() is None
    back.begin_provision(["secrets"])
    back.stand_all()
    assert back.stacks.created.count(STACK) == 1


def test_a_call_that_was_cut_off_is_gone_on_with(back):
    """Between one secret and the next: what is back already is no stranger, and is taken along."""
    back.begun().adoptions.breaks_after = 1
    with pytest.raises(RuntimeError, match="cut off"):
        back.go_on()
    assert sorted(back.belongings.secret_names.values()) == [False, True, True]
    assert back.look() == (STACK,)
    back.adoptions.breaks_after = None
    back.go_on()
    assert back.adoptions.imports == [IMPORTED]


def test_the_same_call_twice_does_nothing_twice(back):
    """Whoever saw the stack before the other one's update hears that it is under way, or made."""
    back.imported().go_on()
    back.stack.status = "IMPORT_COMPLETE"
    back.go_on()
    back.stacks.refuse[STACK] = f"Stack:{STACK} is in UPDATE_IN_PROGRESS state and can not be updated."
    assert back.go_on() == f"{STACK}: it has the secrets of an earlier environment, and is made whole"
    assert (back.stacks.created, back.adoptions.imports, back.stacks.updated) == (
        [STACK],
        [IMPORTED],
        [STACK],
    )


def test_an_import_that_is_refused_says_why(back):
    """In CloudFormation's words."""
    back.begun().stacks.refuse[STACK] = "AWS::SecretsManager::Secret cannot be read"
    with pytest.raises(CommonFailedError, match=f"{STACK} in us-east-1: AWS::Secrets.* cannot be read"):
        back.go_on()


@pytest.mark.parametrize("status", ["IMPORT_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_what_failed_is_cleared_away_and_the_secrets_stay(back, status):
    """The reason is the resource's own; the next attempt begins anew with secrets that are back already."""
    back.imported()
    back.stack.status = status
    back.stack.history = [StackEvent("LitellmSaltKey", KIND, "IMPORT_FAILED", "not authorized to read it")]
    with pytest.raises(CommonFailedError, match="not authorized to read it"):
        back.go_on()
    assert back.stacks.deleted == [STACK]
    back.stacks.vanish(STACK)
    assert back.look() == (STACK,)
    back.imported()
    assert back.adoptions.imports == [IMPORTED, IMPORTED]


def test_a_strangers_secrets_are_in_the_way_as_before(back):
    """They bear no tag of an environment of this name: nobody takes over what is not ours."""
    back.belongings.left_by = ""
    with pytest.raises(PreflightError, match="is within its deletion window: delete it without recovery"):
        back.look()
    assert back.go_on() is None
    assert back.adoptions.tagged == {}


def test_a_gateway_whose_first_try_is_under_way_is_left_alone(back):
    """Its secrets are its own: a second attempt waits for their stack, and asks for nothing."""
    back.begin_provision(["secrets"])
    back.belongings.secret_names = {SALT: False}
    assert back.go_on() == f"{STACK}: it is CREATE_IN_PROGRESS"
    back.stacks.stand(STACK)
    back.stack.outputs = {"LitellmSaltKeyArn": "arn:x"}
    assert (back.go_on(), back.adoptions.imports) == (None, [])


def test_who_shares_a_set_restores_none():
    """A POC of the same name leaves the sandbox's secrets in their window."""
    play = Return()
    play.environment = play.ask(preset="poc", region="us-east-1")
    assert (play.go_on(), play.adoptions.tagged) == (None, {})
    assert play.environment.status is Status.PROVISIONING


def test_a_stack_that_goes_is_waited_for():
    """What an attempt gave up is not gone yet."""
    assert decide_return(ObservedStack("id", "DELETE_IN_PROGRESS")) == Wait("it is DELETE_IN_PROGRESS")
