"""Hazards, from found to closed."""
