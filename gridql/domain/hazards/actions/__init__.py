"""What can be done with hazards: one verb per use case, each through the gate."""
