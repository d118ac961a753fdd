"""The one composition root: settings in, use cases out, one maker for each function.

Each maker imports the adapters of its own function only, so a function pays for nothing it does not use.
"""
