"""The version of this firmware."""

VERSION = "0.1.0"
