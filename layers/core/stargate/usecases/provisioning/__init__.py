"""Create, show and remove environments, stack by stack."""
