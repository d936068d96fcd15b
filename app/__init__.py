"""ChatBELLE: runs BELLE language models on this computer, offline."""

__version__ = "0.1.0"
