"""Integrations: how one kind of file becomes records, set up by people and bound to the columns of one file."""
