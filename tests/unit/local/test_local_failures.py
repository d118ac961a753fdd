"""What a function raised is read off the traceback that MiniStack logs."""

import traceback

from local.failures import raised


class NotWellError(Exception):
    """Stands for an error of ours."""


def logged(error):
    try:
        try:
            {}["the first"]
        except KeyError as first:
            raise error from first
    except Exception:  # noqa: BLE001 - whatever it is, it is told
        return "some line\n" + traceback.format_exc()


def test_the_class_without_its_module_is_told():
    """A workflow matches GatewayNotWellError, not where it is defined."""
    assert raised(logged(NotWellError("two lines\nservice: 1 running"))) == "NotWellError"


def test_a_message_is_not_needed():
    """Python writes no colon then."""
    assert raised(logged(NotWellError())) == "NotWellError"


def test_a_log_without_a_traceback_tells_nothing():
    """Then MiniStack's own word stays."""
    assert raised("all is well") is None
