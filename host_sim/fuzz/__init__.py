"""Random lives of random sites: people, faults, and checkers that watch what must hold whatever befalls them."""
