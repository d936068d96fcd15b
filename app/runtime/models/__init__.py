"""Which models there are and which of them fit this computer."""
