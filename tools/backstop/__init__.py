"""The operator's command line: what a site says of itself, and signed commands, over MQTT and nothing else."""
