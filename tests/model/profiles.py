"""How many random examples: few and always the same for `make test`, many new ones with BACKSTOP_WALKS=long."""

import os

from hypothesis import HealthCheck, settings

IS_LONG = os.environ.get("BACKSTOP_WALKS") == "long"
LONG_FACTOR = 50


def examples(count: int):
    """The settings of one property: `count` examples in the short profile."""
    return settings(
        max_examples=count * LONG_FACTOR if IS_LONG else count,
        derandomize=not IS_LONG,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
