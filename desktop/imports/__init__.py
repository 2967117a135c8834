"""Imports: a file is read and staged, its rows become records, and what is wrong is mended and retried."""
