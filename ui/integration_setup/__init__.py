"""The parts of the card of an integration."""
