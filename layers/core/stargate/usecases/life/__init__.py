"""Change, rest and end an environment that stands."""
