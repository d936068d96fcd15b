"""The first-run wizard: from nothing to the first answer of a BELLE model."""
