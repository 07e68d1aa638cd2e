"""A graph of what pieces of evidence name alike: `entities` finds names, `generator` links them."""
