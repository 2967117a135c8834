"""The parts of the page Integration Records."""
