"""The author's object behind the adapters of its building blocks."""

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

B = TypeVar("B")


class Made(Generic[B]):
    """An object that is made at the first call of the running guest.

    componentize-py makes the adapters when the guest is built, and the guest starts from a picture of its memory then: an
    object that was made so early would have the clock and the secrets of the build in all instances.
    """

    def __init__(self, maker: Callable[[], B]) -> None:
        self._maker = maker
        self._object: B | None = None

    def __call__(self) -> B:
        if self._object is None:
            self._object = self._maker()
        return self._object

    def adapter(self, adapter: Callable[["Made[B]"], Any]) -> Callable[[], Any]:
        """What componentize-py can make an adapter with."""
        return partial(adapter, self)
