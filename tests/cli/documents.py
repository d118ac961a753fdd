"""Documents as the API gives them, with what a test cares for."""


def environment(**known):
    document = {
        "id": "e1",
        "name": "blue",
        "preset": "sandbox",
        "region": "us-east-1",
        "status": "READY",
        "mode": "act",
        "deletion_protection": False,
        "ends_at": None,
        "schedule": None,
        "kept": [],
        "attempt": 1,
        "gateway_version": "abc123",
        "spec": {},
        "progress": 1.0,
        "eta_seconds": None,
        "running": [],
        "held_by": None,
        "created_at": "2026-11-24T03:00:00Z",
        "updated_at": "2026-11-24T03:20:00Z",
        "stacks": [stack("network"), stack("data")],
        "outputs": {"GatewayUrl": "https://d1.cloudfront.net"},
        "checks": [],
        "failure": None,
    }
    return {**document, **known}


def stack(name, **known):
    document = {
        "name": name,
        "kind": "stack",
        "status": "STANDING",
        "resources_done": 4,
        "resources_total": 4,
        "seconds": 63.0,
        "typical_seconds": 60,
        "eta_seconds": None,
        "lag_seconds": 0.1,
    }
    return {**document, **known}


def making(done, **known):
    return environment(
        status="PROVISIONING",
        progress=done / 8,
        eta_seconds=300,
        stacks=[
            stack("network"),
            stack("data", status="SUBMITTED", resources_done=done - 4, eta_seconds=240),
        ],
        outputs={},
        running=["data"],
        held_by={
            "work": "provision",
            "since": "2026-11-24T03:00:00Z",
            "asked_by": "ann",
            "execution": "e1-1",
        },
        **known,
    )
