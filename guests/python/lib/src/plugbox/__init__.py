"""Dapr pluggable components in Python, as guests of plugbox.

Subclass the building blocks that you are, raise errors of this package where something is wrong, and name your classes in
``export``. Nothing else of WebAssembly is to be seen.
"""

from plugbox.bindings import Event, InputBinding, Invocation, OutputBinding, PulledEvents, Response
from plugbox.deadlines import Deadlines
from plugbox.errors import (
    AlreadyExists,
    AppError,
    Code,
    Error,
    EtagInvalid,
    EtagMismatch,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    RowMismatch,
    Unauthenticated,
    Unavailable,
)
from plugbox.export import export
from plugbox.pub_sub import BulkPublish, Delivery, Entry, Failure, Message, PubSub, Pulled
from plugbox.query import AllOf, AnyOf, Compare, Comparison, Filter, Found, OneOf, Page, Query, SortKey
from plugbox.secrets import BulkSecretStore, SecretStore
from plugbox.state import (
    BulkStateStore,
    Concurrency,
    Consistency,
    DeleteRequest,
    GetRequest,
    Item,
    Operation,
    QueriableStateStore,
    SetRequest,
    StateStore,
    TransactionalStateStore,
)
from plugbox.strict import Json, parse_integer, parse_json
from plugbox.types import Metadata

__all__ = [
    "AllOf",
    "AlreadyExists",
    "AnyOf",
    "AppError",
    "BulkPublish",
    "BulkSecretStore",
    "BulkStateStore",
    "Code",
    "Compare",
    "Comparison",
    "Concurrency",
    "Consistency",
    "Deadlines",
    "DeleteRequest",
    "Delivery",
    "Entry",
    "Error",
    "EtagInvalid",
    "EtagMismatch",
    "Event",
    "FailedPrecondition",
    "Failure",
    "Filter",
    "Found",
    "GetRequest",
    "InputBinding",
    "InvalidArgument",
    "Invocation",
    "Item",
    "Json",
    "Message",
    "Metadata",
    "NotFound",
    "OneOf",
    "Operation",
    "OutputBinding",
    "Page",
    "PermissionDenied",
    "PubSub",
    "Pulled",
    "PulledEvents",
    "QueriableStateStore",
    "Query",
    "ResourceExhausted",
    "Response",
    "RowMismatch",
    "SecretStore",
    "SetRequest",
    "SortKey",
    "StateStore",
    "TransactionalStateStore",
    "Unauthenticated",
    "Unavailable",
    "export",
    "parse_integer",
    "parse_json",
]
