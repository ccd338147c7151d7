"""The firmware as boards run it: compiled by mpy-cross, with a manifest of sizes and SHA-256.

Layout of the folder: boot.py and main.py, which stay source; tree/firmware/….mpy; rom.z, the same
    modules as one file to run in place; manifest.json.
"""
