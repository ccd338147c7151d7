"""The kept stories of a target: one file, which the tests live through on every interpreter."""

from pathlib import Path

from tests.fuzz import decoder, keeping, node, seeds, soundness, story
from tests.fuzz.osdp import seeds as line_seeds
from tests.fuzz.osdp import target as line
from tests.interpreters import ROOT

FOLDER = Path(__file__).parent
FOUND = ROOT / "build/fuzz-messages"
VERDICTS = {"decoder": decoder.verdict, "node": node.verdict, "osdp": line.verdict}
_SIZES = {"decoder": 8, "node": 1, "osdp": 3}  # see keeping.py: the stories of a node and of a line are long
_SEEDS = {"decoder": seeds.for_decoder, "node": seeds.for_node, "osdp": line_seeds.for_line}

# Stories that go few ways of their own, and are worth it all the same.
_ALWAYS = {"decoder": seeds.nearly_json, "node": list, "osdp": line_seeds.for_line}


def path(target: str) -> Path:
    return FOLDER / f"{target}.kept"


def stories(target: str) -> list[bytes]:
    """Return what is kept; where nothing is, what simulated lives say."""
    if not path(target).exists():
        return _SEEDS[target]()
    return [told for _, told in story.load(str(path(target)))]


def merge(target: str) -> int:
    """Keep of all that was kept or found what goes ways of its own."""
    found = [file.read_bytes() for file in (FOUND / target).glob("*")]
    before = stories(target)
    always = _ALWAYS[target]()
    others = [told for told in before + found if told not in always]
    after = always + keeping.fewest(others, VERDICTS[target], _SIZES[target])
    story.save(str(path(target)), [(VERDICTS[target](told), told) for told in after])
    print(f"{target}: {len(before)} kept before, {len(found)} found, {len(after)} kept now, {path(target).stat().st_size} bytes")
    return 0


def checked(target: str, told: bytes) -> str:
    """Return the verdict of a story. What must hold and does not raises."""
    soundness.CHECKS[target](told)
    return VERDICTS[target](told)


def replay(target: str, file: str | None) -> int:
    """Check one story, or all that are kept."""
    if file:
        print(f"{target}: {checked(target, Path(file).read_bytes())}")
        return 0
    changed = [told for verdict, told in story.load(str(path(target))) if checked(target, told) != verdict]
    print(f"{target}: {len(stories(target))} stories, {len(changed)} of them end otherwise than they did")
    return 1 if changed else 0
