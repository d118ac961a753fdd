"""What does each kind of action, over the ports: whatever an action changes is changed here."""
