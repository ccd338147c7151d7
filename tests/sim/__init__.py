"""What is tested with a whole simulated site."""
