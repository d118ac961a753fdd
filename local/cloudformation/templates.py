"""A template is read once, however often it comes.

MiniStack takes seventy milliseconds to read one, and of twenty gateways that come up at once all send the
same.
"""

import copy
import functools
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers

KEPT = 128  # texts of templates


def install() -> None:
    read = functools.lru_cache(KEPT)(engine._parse_template)

    def parsed(template_body: str) -> dict[str, Any]:
        return copy.deepcopy(read(template_body))  # whoever asks works on it

    for module in (engine, handlers, changesets):
        module._parse_template = parsed
