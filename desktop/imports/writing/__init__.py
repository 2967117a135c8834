"""From values to records, a chunk per transaction: rows that stand alone, and documents."""
