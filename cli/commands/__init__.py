"""One module per verb; each registers itself with the command."""
