"""A fake Yahoo Finance on loopback, which the true yfinance talks to by environment alone.

    with FakeYahoo(bars_of_sample(), troubles={"MSFT": Trouble(status=429, times=4)}) as yahoo:
        subprocess.run([...], env=yahoo.environment(tmp_path))
    assert yahoo.asked("MSFT") == ...

It is a CONNECT proxy that ends TLS itself, with a certificate of its own authority, and answers the
few addresses that yfinance asks. It refuses every other host, so that nothing leaves the machine.
"""

from .server import Bar, FakeYahoo, Trouble, bars_of_sample

__all__ = ["Bar", "FakeYahoo", "Trouble", "bars_of_sample"]
