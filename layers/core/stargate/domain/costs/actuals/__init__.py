"""What an environment really costs: by its use within minutes, by AWS's bill days later, reconciled."""
