"""A burst of invocations takes turns on a small machine; nobody who waits for an answer stands in line."""

import contextlib
import threading
import time

import pytest

from local import processors
from local.processors import Turns

LONG = 20.0


class Invocations:
    """What runs at the same time; each stays until it is let go."""

    def __init__(self, turns):
        self.let_go = threading.Event()
        self.running = 0
        self.most = 0
        self.changed = threading.Condition()
        self.dispatch = turns.taken_by(self.run)

    def run(self, answer):
        with self.changed:
            self.running += 1
            self.most = max(self.most, self.running)
            self.changed.notify_all()
        self.let_go.wait(LONG)
        with self.changed:
            self.running -= 1
            self.changed.notify_all()
        return answer

    def begin(self, count):
        threads = [threading.Thread(target=self.dispatch, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        return threads

    def until(self, running):
        with self.changed:
            assert self.changed.wait_for(lambda: self.running == running, LONG)


def test_no_more_than_so_many_run_at_once_and_all_of_them_do_in_the_end():
    """Ten are asked for, two have a turn, the others follow."""
    invocations = Invocations(Turns(2, LONG))
    threads = invocations.begin(10)
    invocations.until(2)
    invocations.let_go.set()
    for thread in threads:
        thread.join(LONG)
    assert (invocations.most, invocations.running) == (2, 0)


def test_what_holds_a_turn_for_ever_does_not_hold_up_the_rest_for_ever():
    """It waits no longer than it may, then goes ahead all the same."""
    invocations = Invocations(Turns(1, 0.01))
    threads = invocations.begin(2)
    invocations.until(2)
    invocations.let_go.set()
    for thread in threads:
        thread.join(LONG)
    assert invocations.running == 0


def test_an_invocation_has_one_turn_however_often_it_is_called_within_itself():
    """MiniStack calls it again in the function's own account and region."""
    turns = Turns(1, 10 * LONG)
    inner = turns.taken_by(lambda answer: answer)
    assert turns.taken_by(inner)(1) == 1
    assert inner(2) == 2


INVOKE = "/2015-03-31/functions/observer/invocations"
API = "/restapis/abc/v1/_user_request_/environments"


def asked(invocations, path, headers):
    """A request comes through the door and, in its context, to the function."""

    async def application(*_):
        invocations.dispatch(1)

    def serve():
        with contextlib.suppress(StopIteration):  # it awaits nothing, so it ends with its first step
            processors.wrap(application)(scope, None, None).send(None)

    scope = {"type": "http", "path": path, "headers": headers}
    threading.Thread(target=serve).start()


@pytest.mark.parametrize(
    ("path", "headers"),
    [(API, []), (INVOKE, []), (INVOKE, [(b"x-amz-invocation-type", b"RequestResponse")])],
    ids=["a person's request", "an invocation", "one that says so"],
)
def test_who_waits_for_an_answer_goes_ahead(path, headers):
    """While the only turn is taken, and would be for minutes."""
    invocations = Invocations(Turns(1, 10 * LONG))
    invocations.begin(1)
    invocations.until(1)
    asked(invocations, path, headers)
    invocations.until(2)
    invocations.let_go.set()
    invocations.until(0)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (INVOKE, [(b"x-amz-invocation-type", b"Event")]),
        ("/", [(b"x-amz-target", b"AWSStepFunctions.StartExecution")]),
    ],
    ids=["an event", "a workflow"],
)
def test_what_nobody_waits_for_stands_in_line(path, headers):
    """As long as it must: here for as long as it may."""
    invocations = Invocations(Turns(1, 0.2))
    invocations.begin(1)
    invocations.until(1)
    began = time.monotonic()
    asked(invocations, path, headers)
    invocations.until(2)
    assert time.monotonic() - began >= 0.2
    invocations.let_go.set()
    invocations.until(0)
