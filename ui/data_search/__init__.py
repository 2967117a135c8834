"""Data Search: where one may look, the tasks that look there, and what they have found."""
