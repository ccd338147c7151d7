"""Coverage-guided fuzzing of what a controller does with bytes from the network; see __main__.py."""
