"""The long tests: sweeps, bursts, interruptions."""
