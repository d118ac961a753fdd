"""What environments cost: refused beforehand, measured meanwhile, reconciled afterwards."""
