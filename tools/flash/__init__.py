"""Write a MicroPython that somebody downloaded onto a board, with a partition table of ours, by way of esptool.

What a board holds is never lost unasked: with our table on it, its files, log and keys stay; with another one nothing happens
without ERASE=1, which erases all of it.
"""
