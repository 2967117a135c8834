"""What the sales pages share."""
