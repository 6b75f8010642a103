"""Make signals/market/calendars.npz: opens and closes of every calendar of the exchange map.

Run it from the root, where exchange_calendars can build all of them, that is with pandas 2:

    python -m venv calendars-venv
    calendars-venv/bin/pip install "pandas<3" exchange_calendars platformdirs
    PYTHONPATH=. calendars-venv/bin/python data/calendars/build.py

tests/test_sessions.py compares what pandas 3 can build with what was shipped.
"""

from pathlib import Path

from signals.exchanges import VENUES
from signals.market.calendars import build_calendar, made_by, pack_calendars

names = sorted({venue.calendar for venue in VENUES if venue.calendar})
calendars = {}
for name in names:
    calendars[name] = build_calendar(name)
    labels = calendars[name].labels
    print(f"{name}  {labels[0]:%Y-%m-%d} to {labels[-1]:%Y-%m-%d}  {len(labels)} sessions")
target = Path(__file__).parents[2] / "signals" / "market" / "calendars.npz"
target.write_bytes(pack_calendars(calendars, made_by()))
print(f"{len(calendars)} calendars, {target.stat().st_size // 1024} KB")
