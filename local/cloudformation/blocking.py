"""What is worked on on a thread because it blocks.

MiniStack's updates wait for nothing else, so a type of ours may block there until its resource stands. What
is created and removed by our own operations is waited for without a thread.
"""

from __future__ import annotations

from ministack.services.cloudformation import provisioners, stacks

blocks_always = stacks._runs_on_worker_thread


def blocks_in_updates(kind: str) -> bool:
    return blocks_always(kind) or "blocks" in provisioners._RESOURCE_HANDLERS.get(kind, {})


def install() -> None:
    stacks._runs_on_worker_thread = blocks_in_updates
