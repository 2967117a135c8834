"""Page background tasks and short queries: the only place where work crosses from a thread to the window."""
