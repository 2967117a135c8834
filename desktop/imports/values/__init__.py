"""From the texts of a row to the values of a record."""
