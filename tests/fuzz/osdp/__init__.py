"""Stories of an OSDP line: what readers, whoever else is on the wire, doors and operators do to a panel."""
