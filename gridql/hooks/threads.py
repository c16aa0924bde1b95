"""Calls of plugins' code: in threads that each plugin has of its own, and with so much time.

Python cannot end a thread. One that does not come back in time is left behind: its plugin gets no
more calls, and an exception is raised in it, which ends whatever runs in Python. What waits outside
of Python (a sleep, a socket) ends when that does. Threads are daemons: none of them keeps the
process from ending.
"""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

MOST_THREADS = 2
"""At once for one plugin; further calls wait for a free one, and are not yet on the clock.

Each that computes takes turns of 5 ms with the event loop, which with more would hardly get on.
"""

IDLE_S = 30.0
"""After so long without a call a thread ends."""

MOST_STUCK = 16
"""Threads left behind; where there are so many, no plugin's code is taken in any more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call has come to: a value, or else what it raised."""

    value: Any = None
    error: BaseException | None = None


class Overdue(Exception):
    """The call did not come back in time."""


class Closed(Exception):
    """No calls are taken any more."""


class Stuck:
    """The threads that were left behind, in the whole process."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def add(self, thread: threading.Thread) -> None:
        """Leave `thread` behind: whatever runs in it in Python ends now."""
        self._threads.append(thread)
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
            )

    def count(self) -> int:
        """How many of them still run."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return len(self._threads)


@dataclass(eq=False, slots=True)
class _Job:
    call: Callable[[], Any]
    begun: Future[None] = field(default_factory=Future)
    done: Future[Outcome] = field(default_factory=Future)
    thread: threading.Thread | None = None


class Lane:
    """The threads of one plugin; they start when they are needed and end when they are not."""

    def __init__(self, name: str, stuck: Stuck, most: int = MOST_THREADS) -> None:
        self._name = name
        self._stuck = stuck
        self._most = most
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._idle = 0
        self._waiting = 0
        self._closed = False

    async def run(self, call: Callable[[], Any], limit_s: float) -> Outcome:
        """What `call` comes to; raises Overdue, after which no call is taken, and Closed then.

        The time counts from when the call begins, not while it waits for a thread.
        """
        job = self._submit(call)
        await asyncio.wrap_future(job.begun)
        # Not bound to the task that waits: where that is cancelled, the call is still on the clock.
        timer = asyncio.get_running_loop().call_later(limit_s, self._expire, job)
        outcome = await asyncio.wrap_future(job.done)
        timer.cancel()
        return outcome

    def run_here(self, call: Callable[[], Any], limit_s: float) -> Outcome:
        """The same where there is no event loop: the caller waits."""
        job = self._submit(call)
        job.begun.result()
        wait([job.done], limit_s)
        self._expire(job)
        return job.done.result()

    def close(self) -> None:
        """Take no more calls; those that wait are raised Closed, those that run go on."""
        with self._lock:
            self._closed = True
            with suppress(Empty):
                while True:
                    waiting = self._jobs.get_nowait()
                    if waiting is not None:
                        _set(waiting.begun, error=Closed())
            for _ in range(self._threads):
                self._jobs.put(None)

    def _submit(self, call: Callable[[], Any]) -> _Job:
        job = _Job(call)
        with self._lock:
            if self._closed:
                raise Closed
            self._jobs.put(job)
            self._waiting += 1
            another = self._waiting > self._idle and self._threads < self._most
            self._threads += another
        if another:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return job

    def _work(self) -> None:
        with suppress(SystemExit):  # meant for a call that had ended just before
            while (job := self._next()) is not None:
                self._do(job)

    def _next(self) -> _Job | None:
        """The next call, when there is one; None where this thread is not needed any more."""
        with self._lock:
            self._idle += 1
        while True:
            job = None
            with suppress(Empty):
                job = self._jobs.get(timeout=IDLE_S)
            with self._lock:
                if job is None and self._waiting and not self._closed:
                    continue
                self._idle -= 1
                if job is None:
                    self._threads -= 1
                else:
                    self._waiting -= 1
                return job

    def _do(self, job: _Job) -> None:
        job.thread = threading.current_thread()
        job.done.set_running_or_notify_cancel()
        if not job.begun.set_running_or_notify_cancel():
            return  # whoever asked does not wait any more
        job.begun.set_result(None)
        try:
            outcome = Outcome(job.call())
        except BaseException as error:  # also SystemExit: it would end the server
            outcome = Outcome(error=error)
        _set(job.done, outcome)

    def _expire(self, job: _Job) -> None:
        if not _set(job.done, error=Overdue()):
            return
        self.close()
        if job.thread is not None:
            self._stuck.add(job.thread)


def _set(future: Future[Any], value: Any = None, error: BaseException | None = None) -> bool:
    """Whether this was the first to say what has come of it."""
    try:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)
    except Exception:  # InvalidStateError, which has no public name in all versions
        return False
    return True
