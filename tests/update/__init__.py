"""A release that comes over the network: run on every interpreter."""
