"""Areas of the administrative tree, and grids."""
