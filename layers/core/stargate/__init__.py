"""Stargate: an event-driven control plane for LLM gateways on AWS."""
