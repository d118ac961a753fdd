"""One-time links as API Gateway hands them on: a page to look at, a form that answers."""

from __future__ import annotations

import base64
import json
import re

import pytest

from functions.answer_link import handler
from stargate.api.links import LinksApi
from stargate.domain.environment import Mode
from stargate.domain.people.approvals import ApprovalStatus
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, LINKS, NAME, LoopPlay

GUESS = "00000000e001-1800000000000-00000000000a.guessguessguessguess"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Context:
    function_name = "stargate-answer-link"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:stargate-answer-link"
    aws_request_id = "request-1"


@pytest.fixture
def play(monkeypatch):
    """Somebody was sent a link."""
    play = LoopPlay()
    play.becomes(mode=Mode.ADVISE)
    play.change(NAME, {"approvers": ["alice"]})
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.load(88)
    play.tick()
    # The composition root is where tests put other adapters in; nothing inside is replaced.
    monkeypatch.setattr(handler, "links", lambda: LinksApi(play.link))
    return play


def comes(play, method="GET", body=None, headers=None, token=None, *, encoded=False):
    ((_, _, _, link),) = play.approvers.asked
    event = {
        "httpMethod": method,
        "resource": "/links/{token}",
        "pathParameters": {"token": token or link.removeprefix(LINKS)},
        "headers": headers,
        "body": body,
        "isBase64Encoded": encoded,
    }
    answer = handler.handle(event, Context())
    return answer["statusCode"], answer["headers"], answer["body"]


def status_of(play):
    (approval,) = play.operations.by_id(IDENTIFIER).operations.approvals.values()
    return approval.status


def test_a_link_shows_what_is_asked_and_answers_nothing(play):
    """What would be done, why, as whom one answers, and until when; however often it is looked at."""
    for _ in range(2):
        status, headers, page = comes(play)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    asked = ("raise_bound of litellm in sandbox", "raise the lower bound", "cpu-high of litellm is critical")
    how = ("<b>alice</b>", "until 2027-01-15T09:00:00.000Z", "name='answer' value='grant'")
    assert [words for words in (*asked, *how) if words not in page] == []
    assert status_of(play) is ApprovalStatus.PENDING


def test_the_page_keeps_its_address_to_itself(play):
    """The address is the secret: no cache, no referrer, no frame, no script, and it is not on the page."""
    _, headers, page = comes(play)
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert re.search(r"<script|<img|<link|https?:|a-secret", page) is None


@pytest.mark.parametrize("encoded", [False, True])
def test_the_form_answers_once(play, encoded):
    """The page says what was answered; the same form again is told so, and so is whoever looks."""
    body = "reason=I+looked+%26+it+is+so&answer=grant"
    sent = base64.b64encode(body.encode()).decode() if encoded else body
    status, _, page = comes(play, "POST", sent, FORM, encoded=encoded)
    assert (status, status_of(play)) == (200, ApprovalStatus.GRANTED)
    assert "<dd>GRANTED</dd>" in page
    assert "I looked &amp; it is so" in page
    status, _, page = comes(play, "POST", sent, FORM, encoded=encoded)
    assert status == 409
    assert "alice granted it at" in page
    status, _, page = comes(play)
    assert (status, "<form" in page, "<dd>GRANTED</dd>" in page) == (200, False, True)


def test_a_refusal_without_a_reason_is_asked_for_one(play):
    """And nothing is answered by then."""
    status, _, page = comes(play, "POST", "reason=&answer=refuse", FORM)
    assert status == 400
    assert "/reason: is missing; why it is refused" in page
    assert status_of(play) is ApprovalStatus.PENDING


@pytest.mark.parametrize("body", [None, "", "nonsense", "answer=grant&answer=%FF", "\x00"])
def test_a_form_that_says_nothing_answers_nothing(play, body):
    """A press of no button, or something that a program sent."""
    status, _, _ = comes(play, "POST", body, FORM)
    assert (status, status_of(play)) == (400, ApprovalStatus.PENDING)


def test_a_program_is_answered_in_json(play):
    """By what it accepts, or by what it sends."""
    status, headers, body = comes(play, headers={"Accept": "application/json"})
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body)["status"] == "PENDING"
    said = json.dumps({"answer": "refuse", "reason": "no"})
    status, _, body = comes(play, "POST", said, {"Content-Type": "application/json"})
    assert (status, json.loads(body)["answered_by"]) == (200, "alice")
    status, headers, body = comes(play, "POST", "{", {"Content-Type": "application/json"})
    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(body)["type"] == "urn:stargate:problem:malformed-document"


@pytest.mark.parametrize("token", ["x", "../..", GUESS])
def test_a_link_of_nobody_is_not_found(play, token):
    """And the page says nothing of what there is."""
    status, headers, page = comes(play, token=token)
    assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "no such link" in page
    assert "sandbox" not in page


def test_the_log_has_no_word_of_a_link(play, caplog, capsys):
    """Neither of one that is good nor of a guess."""
    comes(play, "POST", "answer=grant", FORM)
    comes(play, token=GUESS)
    written = caplog.text + "".join(capsys.readouterr())
    assert [word for word in ("a-secret", "guessguess") if word in written] == []
