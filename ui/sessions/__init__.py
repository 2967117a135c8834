"""What runs now in this program: its sessions, their figures, and what became of those before."""
