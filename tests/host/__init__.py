"""What is tested with CPython alone."""
