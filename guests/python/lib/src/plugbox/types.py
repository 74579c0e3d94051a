"""What all building blocks share."""

from abc import ABC
from collections.abc import Collection, Mapping

Metadata = Mapping[str, str]
"""Names and values. Names are to be compared as they are, in their case."""


class Block(ABC):  # noqa: B024 - the blocks themselves have the abstract methods
    """A building block, of one Component resource of Dapr.

    It is made in the running guest, just before its first ``init``. What stands at the level of a module has run already when
    the guest was built: there, the time and random numbers are those of the build.
    """

    def init(self, properties: Metadata) -> None:  # noqa: B027 - most blocks need no properties
        """Takes the metadata of the Component resource, before anything else.

        Called again when the resource has changed. What it raises is shown to whoever runs the component: say what is missing
        or wrong, by its name.
        """


class FeaturedBlock(Block):
    """A building block that tells Dapr what it can do beyond the least."""

    features: Collection[str] = ()
    """What Dapr is to know of it. Asked after ``init``."""
