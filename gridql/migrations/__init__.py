"""Migrations of the one app; they run on SQLite and on PostgreSQL."""
