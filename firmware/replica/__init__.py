"""Logs and their exchange: what to send, what to ask for, what to keep. Pure."""
