"""Small reusable widgets, each themed, named for screen readers and usable by keyboard."""
