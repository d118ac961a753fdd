"""`python -m local up | down | run | messages`: the local cloud with the control plane, what it told."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from local import cloud, deploy, launcher, messages, people
from local.clock import Clock

_USER = "operator"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "run", "messages"])
    parser.add_argument(
        "--state", type=Path, default=cloud.DEFAULT_STATE, help="folder of local.json and the log"
    )
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get(cloud.PORT_VARIABLE, cloud.DEFAULT_PORT))
    )
    asked = parser.parse_args(arguments)
    os.umask(0o077)
    try:
        work = {"up": _up, "down": _down, "run": _run, "messages": _messages}[asked.command]
        return work(asked.state.resolve(), asked.port)
    except cloud.CloudError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _up(state: Path, port: int) -> int:
    running = cloud.find(state)
    if running is not None and running.is_healthy() and (state / "local.json").exists():
        print(f"The local cloud is up already: {running.endpoint}")
        return 0
    cloud.stop(state)
    clock = Clock.from_environment()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("interrupted"))
    try:
        _start_and_deploy(state, port, clock)
    except BaseException:
        cloud.stop(state)
        raise
    return 0


def _start_and_deploy(state: Path, port: int, clock: Clock) -> None:
    began = time.monotonic()
    process = cloud.start(state, port, clock)
    _say(began, f"local cloud at {process.endpoint}, {clock.scale:g} times as fast as real time")
    person = people.add(process.endpoint, _USER)
    _say(began, f"building and deploying the control plane as IAM user {_USER}")
    api = deploy.deploy(process.endpoint, person)
    _write(state, process.endpoint, api, person, clock)
    _say(began, f"control plane at {api}")


def _down(state: Path, _port: int) -> int:
    print("The local cloud is stopped." if cloud.stop(state) else "The local cloud was not running.")
    return 0


def _run(state: Path, port: int) -> int:
    launcher.run(port, state, Clock.from_environment())
    return 0


def _messages(state: Path, _port: int) -> int:
    running = cloud.find(state)
    if running is None:
        raise cloud.CloudError("no local cloud is up: make up")
    with urlopen(f"{running.endpoint}/_stargate/messages", timeout=10) as answer:  # noqa: S310
        print(messages.as_emails(json.load(answer)["messages"]))
    return 0


def _write(state: Path, endpoint: str, api: str, person: people.Person, clock: Clock) -> None:
    written = {
        "endpoint": endpoint,
        "api": api,
        "region": deploy.REGION,
        "access_key_id": person.access_key_id,
        "secret_access_key": person.secret_access_key,
        "twin": f"{endpoint}/_stargate",
        "time_scale": clock.scale,
    }
    target = state / "local.json"
    target.touch(mode=0o600)
    target.write_text(json.dumps(written, indent=2) + "\n")


def _say(began: float, words: str) -> None:
    print(f"{time.monotonic() - began:5.1f} s  {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
