"""Decisions: plain functions, plain asserts, on every interpreter."""
