"""What never changes. MicroPython's compiler puts `_NAME = const(...)` in place of its name: it takes no heap."""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value
