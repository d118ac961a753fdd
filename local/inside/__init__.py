"""What the services of an environment answer to the observer in their VPC, as their twin has them.

A function's HTTP to a name of the namespace leads here (inside_functions/inward.py). Who has no task has no
address; a task that boots does not listen; credentials are those of the environment's secrets.
"""

from local.inside.door import install, wrap

__all__ = ["install", "wrap"]
