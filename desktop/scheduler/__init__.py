"""The Task Scheduler: what runs when, where, and what happens when it dies."""
