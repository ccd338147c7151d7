"""Benchmarks. `python -m tools.bench [WORD..]` runs those whose name holds one of the words, or all.

A benchmark is a function `bench_...() -> Figure` in a file of this folder; being there is all it takes.
"""
