"""A policy is read once, and not with every call of whoever has it."""

import functools
from typing import Any

from ministack.core import iam_evaluator

KEPT = 1024  # texts of policies


def install() -> None:
    parse = iam_evaluator.parse_policy_document
    read = functools.lru_cache(KEPT)(parse)

    def parsed(doc: Any) -> list[Any]:
        return list(read(doc)) if isinstance(doc, str) else parse(doc)

    iam_evaluator.parse_policy_document = parsed
