"""Kinds of values of a site file: texts, times, time zones, and their fields in the model."""
