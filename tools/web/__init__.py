"""What the pages of the bench and of the console share."""
