"""What all that the host calls has in common."""

from abc import ABC
from collections.abc import Collection, Mapping

Metadata = Mapping[str, str]
"""Names and values. Names are to be compared as they are, in their case."""


class Exported(ABC):  # noqa: B024 - what is exported itself has the abstract methods
    """What the host calls: a building block, or a part of an application.

    It is made in the running guest, just before its first call. What stands at the level of a module has run already when
    the guest was built: there, the time and random numbers are those of the build.
    """


class Block(Exported):
    """A building block, of one Component resource of Dapr."""

    def init(self, properties: Metadata) -> None:
        """Takes the metadata of the Component resource, before anything else.

        Called again when the resource has changed. What it raises is shown to whoever runs the component: say what is missing
        or wrong, by its name.
        """


class FeaturedBlock(Block):
    """A building block that tells Dapr what it can do beyond the least."""

    features: Collection[str] = ()
    """What Dapr is to know of it. Asked after ``init``."""
