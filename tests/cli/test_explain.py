"""`stargate explain`: what would be decided on an event, without a cloud."""

import json

import pytest

from cli.app import main
from tests.unit.signals.senders import ANOMALY, ARN, alarm, budget, database, event, sns_alarm, stack_text


@pytest.fixture
def written(tmp_path):
    """A file with this JSON in it."""

    def write(document):
        path = tmp_path / "event.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return str(path)

    return write


def told(capsys, *arguments):
    assert main(["explain", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_critical_alarm_leads_to_a_raised_bound(written, capsys):
    """Signal and decision, with the guards that will be asked and the rule that was chosen."""
    found = told(capsys, "--event", written(alarm()))
    signal, decision = found["signal"], found["decision"]
    assert (signal["kind"], signal["severity"], signal["environment"]) == ("cpu-high", "critical", "sandbox")
    assert (decision["action"], decision["guard"]) == ("raise_bound", None)
    assert "lease" in decision["guards"]
    assert decision["rules"][-1] == {
        "rule": decision["rule"],
        "fits": True,
        "why": "cpu-high#litellm is open and critical",
    }


def test_a_warning_is_recorded_and_the_rules_before_it_say_why_not(written, capsys):
    """Each rule that was asked is named with its answer."""
    name = "stargate-sandbox-litellm-cpu-warning"
    found = told(capsys, "--event", written(sns_alarm(name=name)))
    assert found["decision"]["action"] == "none"
    whys = {rule["rule"]: rule["why"] for rule in found["decision"]["rules"]}
    assert "not in the usual state" in whys["litellm-cpu-warning-unaided"]


def test_what_is_not_ours_is_ignored_and_seen(written, capsys):
    """Exit 0, the reason, and what it would have been."""
    found = told(capsys, "--event", written(database("0013", "my-db")))
    assert "not ours" in found["ignored"]["reason"]
    assert (found["seen"]["kind"], found["seen"]["severity"]) == ("failover-started", "critical")


def test_what_is_of_the_account_is_explained_for_an_environment(written, capsys):
    """An anomaly names none: --environment says for whom."""
    path = written(ANOMALY)
    assert "none is named" in told(capsys, "--event", path)["ignored"]["reason"]
    found = told(capsys, "--event", path, "--environment", "sandbox")
    assert found["decision"]["reason"].startswith("look whose keys")


@pytest.mark.parametrize("text", [budget("$1,000.00"), stack_text("CREATE_FAILED")])
def test_what_aws_writes_as_text_is_explained(text, written, capsys):
    """Budgets, and stacks with a notification topic: a file of it is an event."""
    found = told(capsys, "--event", written(text), "--environment", "sandbox")
    assert found["signal"]["severity"] == "critical"


def test_a_batch_is_explained_one_by_one(written, capsys):
    """Several events in one are a list."""
    batch = {
        "Records": [
            {"messageId": "m", "body": json.dumps(sns_alarm())},
            {"messageId": "m", "body": json.dumps(sns_alarm("OK"))},
        ]
    }
    assert len(told(capsys, "--event", written(batch))) == 2


def test_a_person_reads_signal_decision_and_rules(written, capsys):
    """In words, with the rule that fits marked."""
    assert main(["explain", "--event", written(alarm())]) == 0
    said = capsys.readouterr().out
    assert "cpu-high of litellm, critical, in sandbox" in said
    assert "raise_bound" in said


@pytest.mark.parametrize(
    "document", ["", "not JSON", "[]", "7", "{}", '{"a": 1}', "[" * 5000, '{"Records": []}', '"text"']
)
def test_a_file_that_is_no_event_is_bad_input(document, written, capsys):
    """Exit 2, and standard output stays empty."""
    assert main(["explain", "--event", written(document)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "event" in said.err


def test_a_file_that_is_not_there_and_a_name_that_is_none(written, capsys):
    """Both are bad input and say what was wrong."""
    assert main(["explain", "--event", "/nowhere/event.json"]) == 2
    assert (
        main(["explain", "--event", written(event("aws.s3", "x", {}, [ARN])), "--environment", "No-Name"])
        == 2
    )
    said = capsys.readouterr().err
    assert "cannot be read" in said
    assert "small letter" in said
