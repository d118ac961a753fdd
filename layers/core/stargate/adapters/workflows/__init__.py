"""What sets our own workflows and functions going."""
