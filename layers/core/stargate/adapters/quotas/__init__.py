"""Quotas of services and models: read, published, asked for."""
