"""A controller as a process, on CPython and on MicroPython alike; its pins are reached over a socket of this machine.

Layout: lines of JSON, each a list whose first value says what it is. From the simulator:
    boot {contacts, hardware, seed, entropy, told, misses, start_ms}   power is on     go {cause, at_ms, rex}   begin to work
    bits reader "0110…" wait_ms bit_ms    bytes bus "53…", of a line of OSDP readers    leaf door is_open    rex door is_pressed    input name is_active
    clock at_ms, an answer of NTP    misset at_ms, for a clock that is set    network [whom it does not hear] or null, it has none
    message topic text    ask id what …, see witness.py
To the simulator:
    ready [[inc, stream, seq] that the flash holds of those told]    link is_up, of the broker
    lock door is_locked    output name is_on    signal reader pattern    write bus "53…", on a line of OSDP readers    safe, all as without power    synchronise
    event {…}, each of its own as it is written    took controller inc stream seq, another's: its table has it
    answer id value
When the socket closes, the power is gone.
"""

RESTART = 70  # exit status of a process whose firmware failed: it is to be started again
