"""Simulated OSDP readers, and the lines on which boards reach them."""
