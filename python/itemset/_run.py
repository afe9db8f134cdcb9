"""What a call may use, what may end it, and who is told of its progress."""

from __future__ import annotations

import sys

from . import _checks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypedDict

    class RunSettings(TypedDict):
        threads: int | None
        time_limit: float | None
        max_memory: int | None
        progress: Callable[[float], object] | None

    Progress = bool | Callable[[float], object]


def check_memory(max_memory: object) -> None:
    """Raises an error for what is no limit of memory, where a call begins long before its search."""
    if max_memory is not None:
        _checks.whole("max_memory", max_memory, 0, 2**64 - 1)


def _seconds(time_limit: object) -> float:
    expected = "a number of seconds, 0 or more"
    seconds = _checks.real("time_limit", time_limit, expected)
    if not 0.0 <= seconds < float("inf"):
        raise ValueError(f"invalid time_limit: {time_limit!r} (expected {expected})")
    return seconds


class _Bar:
    """A progress bar of tqdm, or nothing where that is not installed."""

    def __init__(self, description: str) -> None:
        self._bar: Any = None
        try:
            from tqdm.auto import tqdm
        except ImportError:
            print("itemset: no progress is shown, since tqdm is not installed", file=sys.stderr)
            return
        self._bar = tqdm(total=1.0, desc=description, bar_format="{l_bar}{bar}| {elapsed}")

    def __call__(self, fraction: float) -> None:
        if self._bar is not None:
            self._bar.n = fraction
            self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class running:
    """The settings of a call, for as long as it runs: `with running("mining", progress=True) as settings`."""

    def __init__(
        self,
        description: str,
        *,
        threads: int | None = None,
        time_limit: float | None = None,
        max_memory: int | None = None,
        progress: Progress = False,
    ) -> None:
        check_memory(max_memory)
        if not callable(progress) and progress not in (True, False, None):
            raise ValueError(f"invalid progress: {progress!r} (expected True, False, or a function of a fraction)")
        threads = _checks.threads(threads)
        seconds = None if time_limit is None else _seconds(time_limit)
        # Only now: a bar is shown when it is made.
        self._bar = _Bar(description) if progress and not callable(progress) else None
        self._settings: RunSettings = {
            "threads": threads,
            "time_limit": seconds,
            "max_memory": max_memory,
            "progress": progress if callable(progress) else self._bar,
        }

    def __enter__(self) -> RunSettings:
        return self._settings

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
