"""What speaks to Stargate from a terminal: it knows the HTTP API and nothing behind it."""
