"""Capacity that knows the quota: what tasks and quota can serve, and the outer loop that moves the bounds."""
