"""How people are told, and how their tools reach us."""
