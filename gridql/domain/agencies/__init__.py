"""Webhooks: where partners have events sent to, and how that went."""
