"""Tests. Those of core and wire run on CPython and on MicroPython."""
