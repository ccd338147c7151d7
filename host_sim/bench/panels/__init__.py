"""The page's panels: each is drawn once and updated by difference."""
