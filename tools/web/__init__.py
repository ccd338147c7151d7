"""What the pages of the bench and of the console share."""

from pathlib import Path

BASE_STYLE = Path(__file__).parent / "base.css"
