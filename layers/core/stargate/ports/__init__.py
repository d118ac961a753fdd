"""What the use cases need from outside. Adapters are these on AWS; tests have them in memory."""
