"""From a condition to a verified action: playbook, guards, proposals, leases, verification."""
