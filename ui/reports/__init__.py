"""Ordering reports, and the list of documents that they have become."""
