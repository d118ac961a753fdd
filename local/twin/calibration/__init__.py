"""What the twin is held against: the specification's scaling timeline, and a run of the real LiteLLM."""
