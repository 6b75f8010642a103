"""Processes that work on shards and parts: a pool that survives a dead worker, and Dask's.

The standard pools lose what is left when a worker dies (concurrent.futures) or wait for ever
(multiprocessing.Pool). Here each worker holds one task, and its end of a pipe says when it dies.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from signals.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

TRIES: Final = 2
"""How often a task may kill its worker before it is set aside."""

_NONE_BEGINS: Final = (
    "No worker process can begin; what it printed says why. A script starts them under "
    '`if __name__ == "__main__":` alone, for each of them reads the script again.'
)


class Task(Protocol):
    """A shard, or a part of a study: something with a number, that a process can be given."""

    @property
    def number(self) -> int:
        """Tell it from the others of a run."""
        ...


T = TypeVar("T", bound=Task)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of a task: its counts, or why there are none, and whether that ends the run."""

    task: T
    counts: dict[str, int] | None
    failure: str = ""
    ends_run: bool = False


@dataclass(slots=True)
class _Worker(Generic[T]):
    process: SpawnProcess
    pipe: Connection
    task: T | None = None


Work = Callable[[T], Outcome[T]]
"""What is done with a task; it must survive being sent to another process."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works on a corpus: processes, an engine as for ``score_corpus``, and who is told.

    ``progress`` is called with the number of parts that are studied and of all parts, ``grouping``
    with the blocks of time whose stories are told apart.
    """

    workers: int = 1
    engine: str = "local"
    progress: Callable[[int, int], None] | None = None
    grouping: Callable[[int, int], None] | None = None


def run_tasks(
    tasks: Sequence[T], work: Work[T], *, workers: int, engine: str
) -> Iterator[Outcome[T]]:
    """Work on tasks here or on a cluster, as ``score_corpus`` is asked to.

    Raises
    ------
    ConfigError, StoreError
        As for ``score_corpus``.
    """
    if not tasks:
        return
    if engine != "local":
        address = None if engine == "dask" else engine
        found = run_dask(tasks, work, workers=workers, scheduler=address)
    elif workers == 1:
        found = map(work, tasks)
    else:
        found = run_local(tasks, work, workers=workers)
    for outcome in found:
        if outcome.ends_run:
            raise StoreError(outcome.failure)
        yield outcome


def run_local(tasks: Sequence[T], work: Work[T], *, workers: int) -> Iterator[Outcome[T]]:
    """Work on tasks in processes of this machine; give each outcome as it comes.

    A worker that dies is replaced, and its task tried once more.

    Raises
    ------
    ConfigError
        The first workers die before they have begun: no task is to blame.
    """
    waiting = list(reversed(tasks))
    tries: dict[int, int] = {}
    team: list[_Worker[T]] = []
    begun, stillborn = False, 0
    try:
        while waiting or any(one.task for one in team):
            while len(team) < min(workers, len(waiting) + sum(bool(one.task) for one in team)):
                team.append(_hire(work))
            _hand_out(waiting, team)
            by_pipe = {one.pipe: one for one in team if one.task}
            for pipe in wait(list(by_pipe)):
                worker = by_pipe[pipe]  # type: ignore[index]
                told = _receive(worker)
                if isinstance(told, str):
                    begun = True
                    continue
                if told is None:
                    stillborn += not begun
                    if stillborn == TRIES:
                        raise ConfigError(_NONE_BEGINS)
                    team.remove(worker)
                    told = _buried(worker, tries, waiting)
                worker.task = None
                if told:
                    yield told
    finally:
        for one in team:
            one.process.kill()
            one.process.join()
            one.pipe.close()


def _hire(work: Work[T]) -> _Worker[T]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    process.start()
    theirs.close()  # so that our end closes when the worker dies
    return _Worker(process, ours)


def _hand_out(waiting: list[T], team: Sequence[_Worker[T]]) -> None:
    """Give each idle worker a task, as long as there are some."""
    for one in team:
        if one.task is None and waiting:
            one.task = waiting.pop()
            with suppress(OSError):  # it died meanwhile: its pipe is read as an end of file
                one.pipe.send(one.task)


def _receive(worker: _Worker[T]) -> Outcome[T] | str | None:
    """Give what a worker says: that it has begun, or an outcome; None when it has died."""
    try:
        told: Outcome[T] | str = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    return told


def _buried(worker: _Worker[T], tries: dict[int, int], waiting: list[T]) -> Outcome[T] | None:
    """Put a dead worker's task back, or set it aside after its last try."""
    worker.process.join()
    worker.pipe.close()
    task = worker.task
    if task is None:
        return None
    tries[task.number] = tries.get(task.number, 0) + 1
    if tries[task.number] < TRIES:
        waiting.append(task)
        return None
    code = worker.process.exitcode
    return Outcome(task, None, f"Its worker died {TRIES} times, last with exit code {code}.")


def _serve(pipe: Connection, work: Work[Any]) -> None:
    """Work on what comes through the pipe, until nobody holds its other end."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        pipe.send("begun")
        while True:
            pipe.send(work(pipe.recv()))


def run_dask(
    tasks: Sequence[T], work: Work[T], *, workers: int, scheduler: str | None
) -> Iterator[Outcome[T]]:
    """Work on tasks on a Dask cluster: of this machine, or the one that answers at an address.

    The workers must see the corpus and the output folder under the same paths.

    Raises
    ------
    ConfigError
        Dask is not installed, nobody answers at the address, or no worker can begin.
    StoreError
        The scheduler went away; what is done is kept.
    """
    try:
        import dask
        import distributed
    except ImportError as error:
        raise ConfigError("Dask is missing: pip install 'market-news-signals[scale]'.") from error
    library: Any = distributed  # it has no types
    with dask.config.set(_SETTINGS):
        try:
            # Port 0 is any that is free: two runs on one machine don't get in each other's way.
            cluster = scheduler or library.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=":0"
            )
            client = _connect(library, cluster)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"No Dask scheduler answers at {scheduler}; an address is one like "
                "tcp://10.0.0.1:8786."
            ) from error
        except RuntimeError as error:
            if scheduler:
                raise
            raise ConfigError(_NONE_BEGINS) from error  # it gave up a worker that didn't start
        try:
            futures = client.map(work, tasks, pure=False)
            task_of = {future.key: task for future, task in zip(futures, tasks, strict=True)}
            for future in library.as_completed(futures):
                yield _outcome_of(future, task_of[future.key])
                future.release()
        finally:
            client.close(timeout=5)
            if not isinstance(cluster, str):
                cluster.close(timeout=10)


def _connect(library: Any, cluster: Any) -> Any:
    """Connect a client, and close it where that fails.

    One that is left half-made closes itself when Python collects it: should another be starting
    then, each waits for the other for ever.
    """

    class Client(library.Client):  # type: ignore[misc]  # it has no types
        def start(self, **options: Any) -> None:
            try:
                super().start(**options)
            except BaseException:
                self.close(timeout=5)
                raise

    return Client(cluster, timeout=10)


_FORK: Final = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_SETTINGS: Final[dict[str, Any]] = {
    "distributed.scheduler.allowed-failures": TRIES - 1,  # it counts the deaths after the first
    "distributed.worker.profile.enabled": False,  # it looks at every worker each 10 ms
    # What a cluster asks of itself many times a second, for a dashboard that nobody sees.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.scheduler.active-memory-manager.start": False,
    # One process imports what all workers need, which are forked from it.
    "distributed.worker.multiprocessing-method": _FORK,
    # Dask has workers give back each array's memory, to be asked for it again at once. These are
    # the bounds at which the C library comes to rest by itself.
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_MMAP_THRESHOLD_": 1 << 25,
        "MALLOC_TRIM_THRESHOLD_": 1 << 26,
    },
}


def _outcome_of(future: Any, task: T) -> Outcome[T]:
    """Give what Dask made of a task.

    Raises
    ------
    StoreError
        The scheduler went away: its futures are cancelled, or can't be asked any more.
    """
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    if future.status == "cancelled":
        raise StoreError(_GONE)
    try:
        failure = future.exception()
        if failure is None:
            outcome: Outcome[T] = future.result()
            return outcome
    except CommClosedError as error:
        raise StoreError(_GONE) from error
    if isinstance(failure, KilledWorker):
        return Outcome(task, None, f"Its worker died {TRIES} times.")
    return Outcome(task, None, f"{type(failure).__name__}: {failure}"[:300])


_GONE = "The Dask scheduler went away. Run the same command again: what is done is kept."
