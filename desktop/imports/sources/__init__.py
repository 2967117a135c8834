"""Files of every kind, read as rows of texts: what they are, what they contain, and what is refused."""
