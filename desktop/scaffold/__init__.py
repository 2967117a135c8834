"""What Backdesk writes for people who extend it: files to begin with."""
