"""Runs first on a board. It touches no pin: from reset until the hardware layer drives them, outputs are de-energised."""
