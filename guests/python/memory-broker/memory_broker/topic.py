"""Names of topics, and which of them a subscription's topic stands for."""

from plugbox import InvalidArgument

_ANY = "+"
_REST = "#"


class Filter:
    """The topic of a subscription, with or without wildcards."""

    def __init__(self, topic: str) -> None:
        if not topic:
            raise InvalidArgument("the topic is empty")
        self.topic = topic
        levels = topic.split("/")
        if _REST in levels[:-1]:
            raise InvalidArgument(
                f"in the topic {topic!r} a level follows the wildcard #, which stands for all levels to the end"
            )
        self._levels = levels if _ANY in levels or _REST in levels else None

    def matches(self, topic: str) -> bool:
        if self._levels is None:
            return topic == self.topic
        names = topic.split("/")
        levels = self._levels
        if levels[-1] == _REST:
            levels = levels[:-1]
            names = names[: len(levels)]
        return len(levels) == len(names) and all(level in (_ANY, name) for level, name in zip(levels, names, strict=True))


def check(name: str) -> None:
    """Refuses what a message cannot be published to."""
    if not name:
        raise InvalidArgument("the topic is empty")
    for level in name.split("/"):
        if level in (_ANY, _REST):
            raise InvalidArgument(f"the topic {name!r} has the wildcard {level} as a level, which only a subscription can have")
