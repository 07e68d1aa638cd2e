"""`python -m polysense.cli`."""

import sys

from polysense.cli import main

sys.exit(main())
