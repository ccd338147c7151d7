"""Scenario files: read, checked whole, played in a world, and compared with what they expect."""
