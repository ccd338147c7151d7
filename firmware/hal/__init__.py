"""Hardware. Thin, knows nothing of doors."""
