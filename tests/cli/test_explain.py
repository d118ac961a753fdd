"""`stargate explain`: what would be decided on an event, without a cloud, or by an environment's own API."""

import json

import pytest

from cli.app import main
from tests.unit.signals.senders import (
    ANOMALY,
    ARN,
    alarm,
    budget,
    database,
    event,
    sns_alarm,
    stack_text,
    task,
)


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """No API is named, and no local cloud is found from here."""
    monkeypatch.delenv("STARGATE_API", raising=False)
    monkeypatch.chdir(tmp_path)


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
    assert decision["otherwise"] == ["page"]
    assert decision["rules"][-1] == {
        "rule": decision["rule"],
        "about": True,
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


def test_what_comes_of_it_later_is_told_too(written, capsys):
    """If it stays open, or turns critical; and what other conditions' rules say is left out for people."""
    found = told(capsys, "--event", written(database("0013")))
    assert found["decision"]["later"] == [
        {"in_minutes": 10.0, "rule": "database-failover-on", "action": "page"}
    ]
    found = told(capsys, "--event", written(task(reason="OutOfMemoryError: killed")))
    assert found["decision"]["later"] == [
        {"severity": "critical", "rule": "tasks-out-of-memory", "action": "page"}
    ]
    assert main(["explain", "--event", written(database("0013"))]) == 0
    said = capsys.readouterr().out
    assert "if it is open in 10 min: page, by database-failover-on" in said
    assert "before it are for other conditions" in said
    assert "litellm-cpu" not in said


# By an environment's own API.


EXPLAINED = {
    "signal": {
        "kind": "cpu-high", "severity": "critical", "environment": "sandbox", "subject": "litellm",
        "facts": {},
    },
    "decision": {
        "action": "raise_bound", "verdict": "hold", "reason": "raise_bound held by mode: it observes",
        "guard": "mode", "by": "playbook version 3 and the state of sandbox", "guards": ["mode"],
        "expected": ["cpu at most 80"], "otherwise": ["page"], "later": [], "rule": "r", "rules": [],
    },
}  # fmt: skip


def test_for_an_environment_its_own_api_is_asked(api, written, capsys):
    """By its playbook and its state: a guard may hold, and says so."""
    api.answers("POST", "/environments/sandbox/explain", 200, {"explained": [EXPLAINED]})
    path = written(alarm())
    assert told(capsys, "--event", path, "--environment", "sandbox") == EXPLAINED
    assert api.asked[-1].document == alarm()
    assert main(["explain", "--event", path, "--environment", "sandbox"]) == 0
    said = capsys.readouterr().out
    assert "raise_bound, held by mode" in said
    assert "expects cpu at most 80" in said
    assert "playbook version 3" in said


@pytest.mark.parametrize("arguments", [[], ["--environment", "sandbox", "--offline"]])
def test_nobody_is_asked_without_a_name_or_when_told_so(arguments, api, written, capsys):
    """The names in the event are all that there is."""
    assert told(capsys, "--event", written(alarm()), *arguments)["decision"]["by"].startswith("the default")
    assert api.asked == []


def test_an_api_that_knows_of_no_such_environment_is_done_without(api, written, capsys):
    """The same as without a cloud, and standard error says so."""
    problem = {"title": "There is no such environment", "detail": "nobody has that name"}
    api.answers("POST", "/environments/sandbox/explain", 404, problem)
    assert main(["explain", "--event", written(alarm()), "--environment", "sandbox", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["decision"]["by"].startswith("the default")
    assert "by the names alone, without the state of sandbox: There is no such environment" in said.err


def test_an_api_that_cannot_be_reached_is_done_without(written, capsys, monkeypatch):
    """Such as a local cloud that was stopped since."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "an example")
    where = ["--api", "http://127.0.0.1:9", "--api-region", "us-west-2"]
    arguments = ["--event", written(alarm()), "--environment", "sandbox", *where, "--json"]
    assert main(["explain", *arguments]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["decision"]["action"] == "raise_bound"
    assert "by the names alone" in said.err


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
