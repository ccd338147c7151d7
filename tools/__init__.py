"""Tools of the host: site compiler, bench and what else an engineer runs."""
