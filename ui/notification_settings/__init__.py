"""What one chooses about notifications and e-mail."""
