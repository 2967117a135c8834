"""The records of a company and their queries: peewee, no Qt, and nothing of the engine."""
