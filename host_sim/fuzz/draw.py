"""All that chance decides in one seed."""

import math
import random


class Draw:
    """Random choices in the words of a story. Same seed, same choices."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def between(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return self._random.randint(low, high)

    def pick(self, items):
        return self._random.choice(items)

    def weighted(self, weights: dict):
        """Draw a key, each as often as its weight says."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def some(self, items, least: int, most: int) -> list:
        """Draw some of several, in the order they were given."""
        items = list(items)
        count = min(self.between(least, most), len(items))
        chosen = set(self._random.sample(range(len(items)), count))
        return [item for place, item in enumerate(items) if place in chosen]

    def shuffled(self, items) -> list:
        return self._random.sample(list(items), len(items))

    def span_ms(self, low_s: float, high_s: float) -> int:
        """Draw a duration: as often from 1 to 10 s as from 10 to 100 s."""
        return round(1000 * math.exp(self._random.uniform(math.log(low_s), math.log(high_s))))

    def groups(self, names: list) -> list:
        """Draw a split: each name in one of two or three groups, or in none."""
        count = self.pick((2, 2, 2, 3))
        places = [self.between(0, count) if self.chance(25) else self.between(1, count) for _ in names]
        groups = [[name for name, at in zip(names, places) if at == place] for place in range(1, count + 1)]
        return [group for group in self.shuffled(groups) if group]
