"""The benchmark of OSDP beside libosdp: its line, its faults, its eyes, and that ours is back after each fault."""
