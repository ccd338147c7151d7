"""From a checked site to what each controller gets, and onto the disk."""
