"""Bring a build, a controller's configuration and its keys onto a board over a serial cable, all of it or nothing.

Layout of a board's flash:
    installed.json      {"tree", "own", "board"}: which folders count. Replaced last, in one step
    fw-<id>/            a build's tree, named by its content; or all of it as rom.z, where the board runs code in place
    own-<id>/           the controller's part of the site and its mqtt.json, named by their content
    boot.py, main.py, outputs.json
All else on it (logs, keys of readers, configurations that came over the network) is left alone.
"""
