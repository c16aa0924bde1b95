"""Grid workers."""
