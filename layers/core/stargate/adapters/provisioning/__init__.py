"""What creates, changes and removes an environment, and what is looked at beforehand and left behind."""
