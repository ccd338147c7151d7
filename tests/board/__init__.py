"""The hardware layer on fake hardware, and whole controllers on it. Run on every interpreter."""
