"""Files that are damaged at random, read as indexing reads them: `python -m tests.fuzz.run`."""
