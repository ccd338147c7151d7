"""Tests of the shell around the node. Run on every interpreter."""
