"""What a code means in words. English source texts, translated where they are shown (context "Messages")."""

from __future__ import annotations

from app.messages import download, general, install, library, weights
from app.messages.text import Text

MESSAGES: dict[str, Text] = {
    **general.MESSAGES,
    **weights.MESSAGES,
    **library.MESSAGES,
    **download.MESSAGES,
    **install.MESSAGES,
}
