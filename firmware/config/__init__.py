"""A configuration that comes over the network: checked, kept beside the one in force, switched to. Loaded when one comes."""
