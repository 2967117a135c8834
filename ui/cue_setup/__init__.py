"""Setting up the colours of cues: one editor for each, with a preview."""
