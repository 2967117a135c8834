"""The list of scheduled tasks, and what can be done about them."""
