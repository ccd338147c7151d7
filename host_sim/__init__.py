"""Simulated boards, readers and people around the firmware's own code, in virtual time."""
