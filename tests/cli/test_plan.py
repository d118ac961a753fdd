"""`stargate plan`, and commands that carry a plan, against an API played by a server of ours."""

import json

from cli.app import main
from tests.cli.documents import environment

PLAN = {
    "plan": "0123456789abcdef",
    "environment": "blue",
    "kind": "update",
    "seconds": 900,
    "stacks": [
        {"name": "network", "action": "none", "resources": 0, "typical_seconds": 0},
        {
            "name": "data",
            "action": "change",
            "resources": 1,
            "typical_seconds": 900,
            "known_after": [],
            "changes": [
                {
                    "resource": "Database",
                    "type": "AWS::RDS::DBInstance",
                    "action": "modify",
                    "replacement": "no",
                    "properties": ["DBInstanceClass"],
                }
            ],
        },
    ],
    "interrupts": ["the database fails over"],
    "preflight": {"ok": True, "faults": []},
    "price": {
        "currency": "USD",
        "before": 1000.0,
        "after": 1200.5,
        "difference": 200.5,
        "lines": [
            {
                "stack": "data",
                "item": "database db.r6g.xlarge",
                "before": 0.0,
                "after": 200.5,
                "difference": 200.5,
            }
        ],
        "saved_by_schedule": 0.0,
    },
    "warnings": ["Langfuse 2 is out of support"],
    "repairs": [
        {"place": "Port", "part": "all", "says": "80", "does": "81", "because": "the first is taken"},
    ],
}


def test_a_plan_is_shown_with_what_it_means_and_the_next_step(api, capsys):
    """The stacks that move, what changes in them, interruptions, warnings, and how to go on with it."""
    api.answers("POST", "/environments/blue/plan", 200, PLAN)

    assert main(["plan", "blue", "--set", "database.class=db.r6g.xlarge"]) == 0

    told = capsys.readouterr().out
    for words in (
        "data",
        "15 min",
        "1 unchanged",
        "Database (DBInstanceClass)",
        "interrupts: the database",
        "$1,200.50",
        "+200.50",
    ):
        assert words in told
    assert "--plan 0123456789abcdef" in told
    assert api.asked[-1].document == {"overrides": {"database": {"class": "db.r6g.xlarge"}}}


def test_where_it_differs_from_the_specification_is_told_when_asked(api, capsys):
    """A plan says in how many places; all of them are many lines."""
    api.answers("POST", "/environments/blue/plan", 200, PLAN)

    assert main(["plan", "blue", "--preset", "sandbox"]) == 0
    assert "repairs of the specification: 1" in capsys.readouterr().out

    assert main(["plan", "blue", "--preset", "sandbox", "--repairs"]) == 0
    assert "Port: 80 → 81, because the first is taken" in capsys.readouterr().out


def test_what_preflight_would_refuse_is_told_and_no_next_step(api, capsys):
    """A plan is no failure, but nothing is to be gone on with."""
    refusing = {**PLAN, "preflight": {"ok": False, "faults": ["the quota is used up"]}}
    api.answers("POST", "/environments/blue/plan", 200, refusing)

    assert main(["plan", "blue", "--preset", "sandbox"]) == 0

    told = capsys.readouterr().out
    assert "preflight refuses: the quota is used up" in told
    assert "next:" not in told


def test_what_comes_back_with_the_name_is_told(api, capsys):
    """Each secret by what it is called beside the environment's name."""
    restoring = {**PLAN, "restores": ["stargate-blue/litellm-salt-key", "stargate-blue/origin-secret"]}
    api.answers("POST", "/environments/blue/plan", 200, restoring)

    assert main(["plan", "blue", "--preset", "sandbox"]) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "restored and reused are secrets of an earlier blue: litellm-salt-key, origin-secret" in told


def test_a_plan_for_programs_is_what_the_api_answered(api, capsys):
    """Nothing is left out and nothing put in."""
    api.answers("POST", "/environments/blue/plan", 200, PLAN)

    assert main(["plan", "blue", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == PLAN


def test_a_change_carries_its_plan_and_is_followed(api, capsys):
    """What was planned is sent with the plan's id; a refusal of an outdated one is a failure."""
    api.answers("PATCH", "/environments/blue", 202, environment(status="UPDATING"))
    api.answers("GET", "/environments/blue", 200, environment())
    arguments = ["--set", "litellm.max_tasks=4", "--version", "latest", "--plan", PLAN["plan"]]

    assert main(["env", "update", "blue", *arguments, "--watch", "--every", "0"]) == 0

    sent = next(asked for asked in api.asked if asked.method == "PATCH").document
    overrides = {"litellm": {"max_tasks": 4}}
    assert sent == {"overrides": overrides, "gateway_version": "latest", "plan": PLAN["plan"]}
    assert "is READY" in capsys.readouterr().out

    outdated = {"title": "The world has moved since the plan", "detail": "plan again"}
    api.answers("POST", "/environments", 409, outdated)
    assert main(["env", "create", "green", "--preset", "poc", "--plan", PLAN["plan"]]) == 1
    assert "plan again" in capsys.readouterr().err


def test_of_a_new_environment_there_is_nothing_to_compare(api, capsys):
    """No price before, and nothing that is known only after something else."""
    made = [{"name": "network", "action": "add", "resources": 46, "typical_seconds": 163}]
    price = {**PLAN["price"], "before": 0.0, "difference": 1200.5, "lines": []}
    api.answers(
        "POST", "/environments/blue/plan", 200, {**PLAN, "kind": "create", "stacks": made, "price": price}
    )

    assert main(["plan", "blue", "--preset", "sandbox"]) == 0

    told = capsys.readouterr().out
    assert "price: $1,200.50 a month\n" in told
    assert "was" not in told
    assert "known after" not in told
