"""Rows of the page on which people say how long what is kept."""
