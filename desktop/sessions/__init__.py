"""Sessions: somebody's code running, and what it may do."""
