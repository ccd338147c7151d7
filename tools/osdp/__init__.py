"""A control panel for one OSDP reader, on a laptop: lines of JSON out, commands in. All but the command line runs on MicroPython."""
