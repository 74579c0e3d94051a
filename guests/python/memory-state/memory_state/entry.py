"""An item as the store keeps it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Entry:
    """What is stored under one key. It may have expired: then it is as good as missing."""

    value: bytes
    content_type: str | None
    etag: int
    expires: int | None
