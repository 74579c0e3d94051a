"""When items expire: moments in time, in milliseconds since 1970."""

import time
from datetime import UTC, datetime, timedelta

from plugbox import InvalidArgument, SetRequest

# The end of the year 9999: RFC 3339 can write nothing later.
_LAST = 253_402_300_799_999


def now() -> int:
    """The present, as the host's clock has it."""
    return min(time.time_ns() // 1_000_000, _LAST)


def rfc3339(moment: int) -> str:
    """A moment in UTC."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_after(now: int, seconds: int, request: SetRequest) -> int:
    """When an item expires that is written now and is to live so long."""
    moment = now + seconds * 1000
    if moment > _LAST:
        raise InvalidArgument(
            f"the metadata ttlInSeconds of key {request.key!r} is {seconds}, and that is past the year 9999; "
            "-1 stands for no expiry"
        )
    return moment
