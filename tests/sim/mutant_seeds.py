"""Lives that show each mutant, as `make fuzz-mutants` found them."""

SEEDS = {
    "publish before durable": [0, 1, 2],
    "skip the confirmation": [0, 6, 10],
    "forget the journal": [3, 6, 9],
    "wall clock instead of stamps": [20, 133, 184],
    "reuse a seq after a cut": [0, 4, 6],
    "newest wins without the pardon": [2, 3, 6],
    "no look ahead for clock error": [91, 192],
    "others' facts forgotten at power off": [0, 4, 6],
    "a suspicion that never becomes a violation": [0, 1, 2],
    "two effects of one command": [1, 3, 4],
}
