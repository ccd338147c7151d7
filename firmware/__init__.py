"""The controller: the same package in pytest, under MicroPython on a PC and on the board."""

VERSION = "0.1.0"
