"""What an environment costs: a bill of materials from its templates, priced line by line."""
