"""The pages, one per file; no page imports another: they open each other by name."""
