"""Tests with real brokers on the loopback."""
