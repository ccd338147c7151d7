"""Cards and card formats of site files, as the readers' own code knows them."""

from firmware.wire.wiegand_ambiguity import ambiguous
from firmware.wire.wiegand_cards import RAW, decode
from firmware.wire.wiegand_formats import format_names
from firmware.wire.wiegand_texts import encode_card, parse_card

FORMAT_NAMES = (*sorted(format_names()), RAW)


def canonical(text: str) -> str:
    """A card in the one spelling its bits decode to. Raises: ValueError."""
    return parse_card(text)


def frame(card: str) -> str:
    """The bits of a card: two spellings with the same bits are one piece of plastic."""
    return encode_card(card)


def is_read(card: str, formats: list, parity: bool) -> bool:
    """Whether a reader of these formats hands over this card as it is written."""
    name = card.partition(":")[0]
    if name != RAW:
        return name in formats
    return name in formats and decode(encode_card(card), formats, parity) == card


def clash(formats: list, parity: bool) -> tuple | None:
    """Two formats that one frame can satisfy both, or None."""
    return ambiguous(formats, parity)
