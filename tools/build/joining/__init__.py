"""The firmware as a board gets it: what is loaded at every start as one module, with short names inside.

A module, a name and a method cost heap on a board even where the code itself stays in flash: about 110 bytes for each module, 8 for
each name it imports, 7 for each different name there is. So the modules that a start loads anyway are joined to one,
`firmware.joined`, whose line numbers are told apart again by lines.json; names that nobody else has are
replaced by few short ones. Modules that are loaded when they are needed stay what they are, with imports from the joined one.
What a program does stays the same: tests run both and compare (tests/deploy/test_joining.py, test_joined.py).

    source    a module's text, its tree, and replacements at places in it: lines stay where they are
    scopes    which names of a module are its own globals, and which are of a function
    names     the short ones: of arguments, attributes and globals
    imports   what a module has from others of the firmware
    joining   all of it
"""
