"""``python -m signals`` is the command ``signals``."""

from signals.cli import main

raise SystemExit(main())
