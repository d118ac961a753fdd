"""A running gateway's services, read and changed, and the gateway as its users see it."""
