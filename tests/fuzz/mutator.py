"""Changes stories as somebody would who knows what messages look like: mostly they stay JSON, and mostly nearly right."""

import json
import random
from binascii import a2b_base64, b2a_base64, crc32

from tests.fuzz import story, tables
from tests.fuzz.vocabulary import FIELDS, JUNK, NUMBERS, QUIRKS, TEXTS, WORDS

WAITS_MS = (1, 50, 400, 2000, 10_000, 40_000)
STEPS_MAX = 12


def _count(areas) -> int:
    """Return of how many areas a table tells. Raises: ValueError for one whose first item was spoiled before."""
    if not isinstance(areas, list | dict):
        raise ValueError("no areas")
    return len(areas)


class Mutator:
    """`draw`: a random.Random. `shake`: bytes -> other bytes, without regard to what they mean."""

    def __init__(self, draw: random.Random, shake):
        self._draw, self._shake = draw, shake

    def message(self, told: bytes) -> bytes:
        """Return a story of one message, changed."""
        topic, content = story.only_step(told)
        return story.joined([self._changed(topic, content)])

    def story(self, told: bytes) -> bytes:
        """Return a story of some messages, changed."""
        made, draw = story.steps(told), self._draw
        at = draw.randrange(len(made))
        chance = draw.random()
        if chance < 0.1:
            made.insert(at, draw.choice(WAITS_MS))
        elif chance < 0.2:
            made.insert(draw.randrange(len(made) + 1), made[at])
        elif chance < 0.3 and len(made) > 1:
            del made[at]
        elif chance < 0.4:
            other = draw.randrange(len(made))
            made[at], made[other] = made[other], made[at]
        elif not isinstance(made[at], int):
            made[at] = self._changed(*made[at])
        return story.joined(made[:STEPS_MAX])

    def mixed(self, told: bytes, other: bytes) -> bytes:
        """Return the beginning of one story and the end of another."""
        first, second = story.steps(told), story.steps(other)
        made = first[: self._draw.randint(1, len(first))] + second[self._draw.randrange(len(second)) :]
        return story.joined(made[:STEPS_MAX])

    def _changed(self, topic: str, content: bytes) -> tuple:
        draw = self._draw
        if draw.random() < 0.05:
            topic = draw.choice(WORDS) + "/" + draw.choice(WORDS)
        try:
            made = json.loads(content)
        except (ValueError, RecursionError):
            made = None
        if not isinstance(made, dict) or draw.random() < 0.1:
            return topic, self._shake(content)
        if made.get("t") == "page" and draw.random() < 0.6:
            self.spoil_page(made)
        else:
            for _ in range(draw.choice((1, 1, 1, 1, 2, 4))):
                self._spoil(made)
        if draw.random() < 0.1:
            topic = "%s/%s" % (made.get("t"), made.get("from"))
        written = self._written(made)
        return topic, self._with_quirk(written) if draw.random() < 0.15 else written

    def _written(self, made: dict) -> bytes:
        plain = self._draw.random() < 0.8
        separators = (",", ":") if plain else self._draw.choice(((", ", ": "), ("\n,", " :\t")))
        return json.dumps(made, ensure_ascii=not plain, separators=separators).encode(errors="surrogatepass")

    def _with_quirk(self, raw: bytes) -> bytes:
        """Put what is nearly JSON somewhere, mostly beside a mark or in the place of it."""
        draw, marks = self._draw, [at for at, byte in enumerate(raw) if byte in b'{}[],:"0123456789']
        at = draw.choice(marks) if marks and draw.random() < 0.9 else draw.randrange(len(raw) + 1)
        return raw[:at] + draw.choice(QUIRKS) + raw[at + draw.choice((0, 0, 1)) :]

    def _spoil(self, made: dict) -> None:
        """Change one value, or put one where there is none."""
        draw, places = self._draw, list(_places(made))
        if not places or draw.random() < 0.2:
            inside = made if draw.random() < 0.4 else draw.choice([made] + [box[key] for box, key in places if isinstance(box[key], dict)])
            inside[draw.choice(FIELDS)] = self._value(None)
            return
        inside, key = draw.choice(places)
        chance = draw.random()
        if chance < 0.1:
            del inside[key]
        elif chance < 0.2 and isinstance(inside, list):
            inside.insert(key, self._copy(inside[key]))
        elif chance < 0.35:
            other, name = draw.choice(places)
            if name in other if isinstance(other, dict) else name < len(other):
                inside[key] = self._copy(other[name])
        else:
            inside[key] = self._value(inside[key])

    def spoil_page(self, made: dict) -> None:
        """Change what a page of a table holds; what is told of it fits."""
        try:
            page = a2b_base64(str(made.get("bytes")).encode(errors="replace"))
            page = self._with_other_item(page) if self._draw.random() < 0.8 else self._shake(page)
        except (ValueError, IndexError):
            page = b""
        made["bytes"], made["size"], made["crc"] = b2a_base64(page).decode().strip(), len(page), crc32(page)

    def _with_other_item(self, page: bytes) -> bytes:
        draw, items = self._draw, tables.items(page)
        at, chance = draw.randrange(len(items)), draw.random()
        if chance < 0.05:
            del items[at]
        elif chance < 0.1:
            items.insert(draw.randrange(len(items)), items[at])
        elif chance < 0.15:
            items[at][draw.randrange(2)] = draw.randrange(6)
        elif chance < 0.25:
            items[at][2] = self._shake(items[at][2])
        else:
            self._spoil_item(items[at], _count(json.loads(items[0][2])))
        return tables.page(items)

    def _spoil_item(self, item: list, areas: int) -> None:
        """Change the JSON of an item. Raises: ValueError where it has none."""
        start = tables.json_at(item[0], item[2], areas)
        value = {"it": json.loads(item[2][start:])}
        for _ in range(self._draw.choice((1, 1, 2))):
            self._spoil(value)
        item[2] = item[2][:start] + json.dumps(value.get("it")).encode()

    def _copy(self, value):
        return json.loads(json.dumps(value))

    def _value(self, old):
        """Return another value, often of the same kind."""
        draw, chance = self._draw, self._draw.random()
        if type(old) is int and chance < 0.7:
            return draw.choice((old + 1, old - 1, old + draw.randrange(-9, 10), old * 2, draw.choice(NUMBERS)))
        if isinstance(old, str) and chance < 0.7:
            return self._text(old)
        if chance < 0.4:
            return draw.choice(WORDS)
        return self._copy(draw.choice((draw.choice(JUNK), draw.choice(NUMBERS), draw.choice(TEXTS))))

    def _text(self, old: str) -> str:
        draw = self._draw
        if len(old) == 16 and draw.random() < 0.7:
            at = draw.randrange(16)
            return old[:at] + draw.choice("0123456789abcdefABCDEFg") + old[at + 1 :]
        return draw.choice((draw.choice(WORDS), draw.choice(TEXTS), old + draw.choice(TEXTS)[:70], old[:-1], old[: len(old) // 2]))


def _places(value):
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(children):
        yield value, key
        yield from _places(child)
