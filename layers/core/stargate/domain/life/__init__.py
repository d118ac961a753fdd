"""The life of an environment that stands: requests, changes, sleep and schedule, its end."""
