"""Whether everything that Backdesk needs is there and well: what `backdesk doctor` tells."""
