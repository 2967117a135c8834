"""Who works on the jobs of the company, in words for the status line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

from desktop.formats import count_text, time_text
from desktop.scheduler.workers import OnlineWorker, this_host

SERVICE, THIS_WINDOW, OTHER_WINDOW = "service", "this window", "another window"
_ORDER = (SERVICE, THIS_WINDOW, OTHER_WINDOW)


def kind_of(worker: OnlineWorker) -> str:
    """What a worker is to the person: a service, this window, or another one."""
    if worker.kind == "worker":
        return SERVICE
    own = worker.host == this_host() and worker.process_id == os.getpid()
    return THIS_WINDOW if own else OTHER_WINDOW


def workers_text(workers: Sequence[OnlineWorker]) -> str:
    """One line: who is online, and how many of the slots are busy."""
    if not workers:
        return "No worker is online: jobs wait"
    slots, busy = sum(worker.slots for worker in workers), sum(worker.busy for worker in workers)
    used = f"{count_text(busy)} of {count_text(slots)} slots busy"
    if len(workers) == 1:
        return f"Worker online: {_named(workers[0])}, {used}"
    kinds = Counter(kind_of(worker) for worker in workers)
    said = [_counted(kind, kinds[kind]) for kind in _ORDER if kinds[kind]]
    return f"{count_text(len(workers))} workers online: {' and '.join(said)}, {used}"


def workers_tooltip(workers: Sequence[OnlineWorker]) -> str:
    """A line for each worker."""
    if not workers:
        return "Jobs start when a window is open or the worker service runs."
    return "\n".join(_line(worker) for worker in workers)


def _named(worker: OnlineWorker) -> str:
    kind = kind_of(worker)
    return kind if kind == THIS_WINDOW else f"{kind} on {worker.host}"


def _counted(kind: str, number: int) -> str:
    if number == 1:
        return kind
    return f"{count_text(number)} {'services' if kind == SERVICE else 'other windows'}"


def _line(worker: OnlineWorker) -> str:
    kind = kind_of(worker)
    return (
        f"{kind[0].upper()}{kind[1:]} on {worker.host}, process {worker.process_id}:"
        f" {count_text(worker.busy)} of {count_text(worker.slots)} slots busy, since {time_text(worker.started_at)}"
    )
