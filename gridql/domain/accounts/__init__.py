"""Accounts, as far as they see themselves."""
