"""`python -m cli` is `stargate`, also where the command is not installed."""

from cli.app import run

run()
