"""Transcripts: what a command or a report prints, word for word, in files that a human can read.

``SIM_REWRITE=1 pytest ...`` writes them anew; commit the difference only if you know its cause.
"""

import os
from pathlib import Path


def agrees(transcript: Path, text: str) -> bool:
    """Whether the text is the one in the file."""
    if os.environ.get("SIM_REWRITE"):
        transcript.parent.mkdir(exist_ok=True)
        transcript.write_text(text, encoding="utf-8")
    return transcript.read_text(encoding="utf-8") == text
