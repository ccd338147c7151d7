"""Decisions. Pure: time and facts come in as arguments, actions go out."""
