"""Pure decisions: no AWS, no clock, no input or output."""
