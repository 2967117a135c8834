"""The jobs as people see them: their table, what it says, and what can be done about them."""
