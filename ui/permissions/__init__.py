"""What pages of users and permission sets show besides their records."""
