"""What to raise when a call fails. The messages reach clients and logs: put no secret in them."""

from enum import Enum


class Code(Enum):
    """The status codes of gRPC, but for ``OK``, by the places that they have in the contract."""

    UNKNOWN = 0
    INVALID_ARGUMENT = 1
    NOT_FOUND = 2
    ALREADY_EXISTS = 3
    FAILED_PRECONDITION = 4
    ABORTED = 5
    OUT_OF_RANGE = 6
    PERMISSION_DENIED = 7
    UNAUTHENTICATED = 8
    RESOURCE_EXHAUSTED = 9
    UNIMPLEMENTED = 10
    UNAVAILABLE = 11
    DEADLINE_EXCEEDED = 12
    DATA_LOSS = 13
    CANCELLED = 14
    INTERNAL = 15


class Error(Exception):
    """Why a call failed: the meaning of a gRPC status code, and a message for the people who run the component."""

    code: Code = Code.UNKNOWN

    def __init__(self, message: str, code: Code | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class InvalidArgument(Error):
    """The request is wrong and would be wrong at any time."""

    code = Code.INVALID_ARGUMENT


class NotFound(Error):
    """The thing asked for is not there. (A missing key of a state store is no error: ``get`` answers None.)"""

    code = Code.NOT_FOUND


class AlreadyExists(Error):
    """The thing to be made is there already."""

    code = Code.ALREADY_EXISTS


class FailedPrecondition(Error):
    """The system is not in the state that the call needs."""

    code = Code.FAILED_PRECONDITION


class PermissionDenied(Error):
    """The caller is known and may not do this."""

    code = Code.PERMISSION_DENIED


class Unauthenticated(Error):
    """The caller is not known, or its credentials are wrong."""

    code = Code.UNAUTHENTICATED


class ResourceExhausted(Error):
    """A quota, a limit or a disk is full."""

    code = Code.RESOURCE_EXHAUSTED


class Unimplemented(Error):
    """There is no such operation or method."""

    code = Code.UNIMPLEMENTED


class Unavailable(Error):
    """Not now: the same call may work in a moment."""

    code = Code.UNAVAILABLE


class EtagMismatch(Error):
    """Of a state store: well-formed, and not the item's etag now. The application gets 409."""

    code = Code.ABORTED


class EtagInvalid(Error):
    """Of a state store: not an etag that this store could ever have made. The application gets 400."""

    code = Code.INVALID_ARGUMENT


class RowMismatch(Error):
    """Of a state store: a bulk delete that touched fewer rows than it should."""

    code = Code.ABORTED

    def __init__(self, expected: int, affected: int) -> None:
        super().__init__(f"{affected} of {expected} rows were deleted")
        if not (0 <= expected < 2**64 and 0 <= affected < 2**64):
            raise ValueError(f"{affected} of {expected} rows are no numbers of rows")
        self.expected = expected
        self.affected = affected


class AppError(Error):
    """Of a state store: an error for the application itself, which gets it as it is.

    ``tag`` is a short name for programs, like ``ERR_STATE_QUOTA``; ``reason`` a finer one in upper snake case, and ``domain``
    says who defines it. ``http_status`` is from 400 to 599.
    """

    def __init__(self, message: str, *, code: Code, http_status: int, tag: str, reason: str = "", domain: str = "") -> None:
        super().__init__(message, code)
        if not 400 <= http_status <= 599:
            raise ValueError(f"the HTTP status of an error is {http_status}, and that is not from 400 to 599")
        self.http_status = http_status
        self.tag = tag
        self.reason = reason
        self.domain = domain
