"""Take signals, decide, act, verify, examine."""
