"""Checks of what settings are, each with an error that says what was given and what is expected."""

from __future__ import annotations

import operator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# More than any machine has processors. The system gives a process some ten thousand, and then ends it.
THREADS = 1024


def is_truth(value: Any) -> bool:
    """Whether it is a truth value, of Python or of numpy."""
    return type(value).__name__ in ("bool", "bool_")


def whole(name: str, value: Any, least: int = 0, most: int = 2**63 - 1, expected: str = "") -> int:
    """A whole number within bounds. Truth values are none."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if is_truth(value) or not least <= number <= most:
        largest = {2**63 - 1: "2^63 - 1", 2**64 - 1: "2^64 - 1"}.get(most, f"{most:,}")
        expected = expected or f"a whole number from {least} to {largest}"
        raise ValueError(f"invalid {name}: {value!r} (expected {expected})")
    return number


def real(name: str, value: Any, expected: str = "a number") -> float:
    """A number. Truth values and texts are none."""
    try:
        if not is_truth(value) and not isinstance(value, (str, bytes)):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"invalid {name}: {value!r} (expected {expected})")


def text(name: str, value: Any) -> str:
    """A text, such as the name of a choice, which is looked up where it is used."""
    if not isinstance(value, str):
        raise ValueError(f"invalid {name}: {value!r} (expected text)")
    return value


def pair(name: str, value: Any, expected: str) -> tuple[Any, Any]:
    """Two values, as of a tuple."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        return value[0], value[1]
    raise ValueError(f"invalid {name}: {value!r} (expected {expected})")


def mapping(name: str, value: Any) -> Mapping[Any, Any]:
    """A dict, or what is like one."""
    if not hasattr(value, "items"):
        raise ValueError(f"invalid {name}: {value!r} (expected a dict)")
    found: Mapping[Any, Any] = value
    return found


def threads(value: Any) -> int | None:
    """The setting `threads`, if it is set."""
    return None if value is None else whole("threads", value, 1, THREADS)
