"""Visits that grid workers make."""
