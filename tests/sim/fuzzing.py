"""Lives of seeds, as tests live them."""

from host_sim.fuzz.seed import live


def lives_well(seed: int) -> None:
    """Live a seed; what breaks is told with the way to see it again."""
    result = live(seed)
    told = "\n".join([*result.last, f"{result.invariant}: {result.text}"])
    assert result.invariant is None, f"{told}\nreplay: python -m host_sim fuzz --seeds 1 --start {seed}"
