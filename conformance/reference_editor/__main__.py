"""``python -m conformance.reference_editor --port 0 --announce [--key-file …]``."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
