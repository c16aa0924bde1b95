"""Submissions: answers to forms, what they find, and the hazards that follow."""
