"""Run a drill, from the request to its verdict."""
