"""Places: premises that are inspected."""
