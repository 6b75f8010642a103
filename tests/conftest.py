import os
import ssl  # noqa: F401 - while sockets are open: its class must not inherit the blocked one
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run: a failure that comes and goes helps nobody.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# Scripts that are run by hand, some of them in environments of their own.
collect_ignore_glob = ["benchmarks/[!t]*.py", "oracles/*.py"]

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """List the machine's fonts once a checkout, not once in each process that draws."""
    if config.pluginmanager.hasplugin("cacheprovider"):
        os.environ["MPLCONFIGDIR"] = str(config.cache.mkdir("matplotlib"))
    import matplotlib as mpl

    mpl.use("Agg")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the development data (../shared/data) is not on this machine")
    return SHARED


@pytest.fixture(autouse=True)
def _no_environment_of_the_user(tmp_path_factory, monkeypatch):
    """No test reads or writes the user's own caches."""
    if "XDG_CACHE_HOME" not in os.environ:
        cache = tmp_path_factory.getbasetemp() / "cache"
        cache.mkdir(exist_ok=True)
        monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


@pytest.fixture(name="sketched")
def _sketched():
    """Figures are made and not drawn."""
    from sketches import sketched

    with sketched():
        yield


@pytest.fixture
def illustrated(tmp_path, monkeypatch):
    """A configuration in a folder of its own, whose reports have figures."""
    from batch_samples import Office

    monkeypatch.setattr("os.fsync", lambda _: None)  # a test needs no file to survive a power cut
    return Office(tmp_path)


@pytest.fixture
def office(illustrated, monkeypatch):
    """The same without figures, which take half of the time."""
    monkeypatch.setattr("signals.batch.daily_data._drawings", lambda *_: ())
    return illustrated


@pytest.fixture(scope="session")
def _made(tmp_path_factory):
    """Give an office with a report, made once by the named sentiment engine."""
    from batch_samples import Office

    made = {}

    def make(scorer):
        if scorer not in made:
            office = Office(tmp_path_factory.mktemp(scorer))
            office.change('scorer = "vader"', f'scorer = "{scorer}"')
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("os.fsync", lambda _: None)
                patch.setattr("signals.batch.daily_data._drawings", lambda *_: ())
                office.report()
            made[scorer] = office
        return made[scorer]

    return make


@pytest.fixture
def reported(office, tmp_path, _made):
    """A configuration whose report on the samples is made already."""
    return _made("vader").copy(tmp_path / "reported")


@pytest.fixture
def learned(office, tmp_path, _made):
    """The same with scores from learned weights, as they are by default."""
    return _made("finance").copy(tmp_path / "learned")
