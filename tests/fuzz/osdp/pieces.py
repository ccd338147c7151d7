"""The story of a line as bytes, which any change leaves a story. Runs on every interpreter.

Layout of a story: how it begins, a byte; then pieces, each its kind, the size of what follows, and that. What lacks is 0.
    Beginning: bit 0 the readers are online already, bit 1 at 9600 baud.
Layout of the pieces. who: bits 0-1 the reader.
    WAIT    ms 2                         everybody answers
    NOISE   bytes                        now, whoever is asked
    INSTEAD who, times, bytes            of the reader's next answer; so often and once more
    FRAME   who, how, code, more, data   the same, but a frame with a right CRC; more: so many zeros, times eight
    ANSWER  who, (place, xor)..          its next answer, changed
    SAY     who, code, data              what it says to the next command, sealed where it has a session
    DO      who, what, number            what a door or an operator wants
    BE      who, what, number            how a reader is from here on
  who, of what comes from the wire: bits 6-7 whole, in two parts with a short pause, with a long one, byte by byte.
    INSTEAD and FRAME: bit 4 before the right answer, bit 5 behind it. FRAME: bit 2 of another address, bit 3 of no reply.
    ANSWER: bit 2 twice, bit 3 with its CRC made right again, bit 4 half of it, bit 5 not at all.
  how: bits 0-1 added to the number of the question, bit 2 number 0, bits 3-5 the block, bit 6 a sum, bit 7 a right MAC: then
    bit 6 is for data that should be encrypted and is not.
"""

KINDS = 8
WAIT, NOISE, INSTEAD, FRAME, ANSWER, SAY, DO, BE = range(KINDS)
PIECES_MAX = 40
SIZE_MAX = 255
ONLINE, SLOW = 1, 2


def pieces(story: bytes) -> tuple:
    """Return (how it begins, [(kind, payload)])."""
    made, at = [], 1
    while at + 2 <= len(story) and len(made) < PIECES_MAX:
        end = at + 2 + story[at + 1]
        made.append((story[at] % KINDS, story[at + 2 : end]))
        at = end
    return story[0] if story else 0, made


def joined(beginning: int, made: list) -> bytes:
    """Return the story of some pieces."""
    story = bytes([beginning])
    for kind, payload in made[:PIECES_MAX]:
        story += bytes([kind, min(len(payload), SIZE_MAX)]) + payload[:SIZE_MAX]
    return story


def numbers(payload: bytes, count: int) -> list:
    """Return the first bytes of a payload, zeros where there are none."""
    return list((payload + bytes(count))[:count])
