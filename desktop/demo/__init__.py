"""The demo company: made from a fixed seed, the same to the byte for the same day."""
