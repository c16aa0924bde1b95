"""Figures about the work: how many homes were visited, what is still open."""
