"""A configuration over the network, on every interpreter."""
