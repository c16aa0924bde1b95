"""Households and the people who live in them."""
