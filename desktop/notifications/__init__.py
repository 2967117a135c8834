"""What a person is told, now and in the bell's history."""
