"""Two control panels side by side, ours and libosdp's, at readers of the same kinds, on lines that are spoiled in the same way.

Everything is measured on the line, from outside, with the same eyes for both; only what cards they know the panels say themselves.
"""
