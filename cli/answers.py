"""An answer of the API as a result, or as the failure it tells of."""

from typing import Any

from cli.client import Answer
from cli.failure import BadInputError, CommandError, FailedError
from stargate.domain.faults import Fault

BAD_INPUT_STATUSES = frozenset({400, 413, 415, 422})


def document_of(answer: Answer) -> Any:
    """The JSON of a good answer.

    Raises BadInputError when the API found faults in what was sent, FailedError for every other refusal.
    """
    if answer.status < 400:
        return answer.document
    raise _failure(answer)


def _failure(answer: Answer) -> CommandError:
    problem = answer.document if isinstance(answer.document, dict) else {}
    kind = BadInputError if answer.status in BAD_INPUT_STATUSES else FailedError
    title = problem.get("title") or problem.get("message") or f"the API answered {answer.status}"
    detail = problem.get("detail", "")
    faults = tuple(
        Fault(each.get("path", ""), each.get("fault", ""), each.get("allowed", ""))
        for each in problem.get("faults", ())
    )
    said = f"{title}: {detail}" if detail and not faults else str(title)
    return kind(said, faults)
