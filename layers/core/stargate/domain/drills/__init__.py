"""Drills: a planned failure with a measured recovery. Pure: what is measured is handed in."""
