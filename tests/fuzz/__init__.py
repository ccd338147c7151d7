"""Coverage-guided fuzzing of what a controller does with bytes from the network and from readers; see __main__.py."""
