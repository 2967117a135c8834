"""Job queue categories: the list, who runs and waits at one, and setting one up."""
