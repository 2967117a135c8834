"""Errors, mended where they stand: by row, by cause, or in a file of the failed rows."""
