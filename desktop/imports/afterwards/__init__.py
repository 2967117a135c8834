"""What follows an import: post-processing, counting once more, undoing."""
