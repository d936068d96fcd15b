"""One module per way that weights lie on disk."""
