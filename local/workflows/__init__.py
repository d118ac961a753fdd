"""Step Functions made honest: MiniStack's data flow, our running of it.

What is replaced is how an execution runs: states and their ends, tasks, task tokens, time-outs, retries, the
branches of a Parallel state, stopping, and the role's rights. What a state reads and writes (paths, JSONata,
Assign, Choice, Map, the service integrations) stays MiniStack's.
"""

from local.clock import Clock
from local.workflows import branches, executions, expressions, pauses, tasks, tokens


def install(clock: Clock) -> None:
    pauses.install(clock)
    tokens.install()
    tasks.install()
    branches.install()
    executions.install()
    expressions.install()
