"""From exceptions to the contract's errors."""

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from componentize_py_types import Err
from wit_world.imports import types

from plugbox.adapt.checked import lenient_text
from plugbox.errors import Code, Error, ResourceExhausted

P = ParamSpec("P")
R = TypeVar("R")

_CODES = {code: types.Code[code.name] for code in Code}


def code(code: Code) -> types.Code:
    return _CODES[code]


def wire(error: Error) -> types.Error:
    """An error as the contract has it."""
    return types.Error(_CODES[error.code], lenient_text(error.message))


def unexpected(error: BaseException, *, words: bool = True) -> Error:
    """What to answer where the author's code fails by itself. To let it through would cost the instance its memory."""
    if isinstance(error, MemoryError):
        return ResourceExhausted("the guest is out of memory")
    name = type(error).__name__
    # What the exception says may be anything, a secret too, so only the log has it.
    if words:
        traceback.print_exception(error, file=sys.stderr)
    else:
        traceback.print_tb(error.__traceback__, file=sys.stderr)
        print(f"{name}, whose words are left out: they may be a property's", file=sys.stderr)
    return Error(f"the guest raised {name}; plugbox's log says where", Code.INTERNAL)


def answering(to_wire: Callable[[Error], object], *, words: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """For functions that answer an error: every exception is one, and the log has its words or not."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except Error as error:
                raise Err(to_wire(error)) from None
            except (Exception, SystemExit) as error:
                raise Err(to_wire(unexpected(error, words=words))) from None

        return guarded

    return decorate


fallible = answering(wire)
"""For functions whose errors are of the common kind."""

initial = answering(wire, words=False)
"""For ``init``, whose properties can be secrets: ``int`` says what it was given."""


def silent(function: Callable[P, None]) -> Callable[P, None]:
    """For functions that can answer nothing: an exception is told to the log."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except (Exception, SystemExit) as error:
            unexpected(error)

    return guarded
