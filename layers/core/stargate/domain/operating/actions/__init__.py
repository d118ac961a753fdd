"""The kinds of action: one module for each, with all that the loop needs to know of it."""
