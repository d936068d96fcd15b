"""Everything below the window. Never imports Qt."""
