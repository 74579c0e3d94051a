"""The values of the state-store family, there and back."""

from wit_world.imports import state_types as wit

from plugbox.adapt import checked
from plugbox.adapt.failures import answering, code, wire
from plugbox.errors import AppError, Error, EtagInvalid, EtagMismatch, RowMismatch
from plugbox.state import Concurrency, Consistency, DeleteRequest, GetRequest, Item, SetRequest

_CONCURRENCIES = {theirs: Concurrency[theirs.name] for theirs in wit.Concurrency}
_CONSISTENCIES = {theirs: Consistency[theirs.name] for theirs in wit.Consistency}


def get_request(request: wit.GetRequest) -> GetRequest:
    return GetRequest(request.key, _CONSISTENCIES[request.consistency], dict(request.metadata))


def set_request(request: wit.SetRequest) -> SetRequest:
    return SetRequest(
        request.key,
        request.value,
        request.content_type,
        request.etag,
        _CONCURRENCIES[request.concurrency],
        _CONSISTENCIES[request.consistency],
        dict(request.metadata),
    )


def delete_request(request: wit.DeleteRequest) -> DeleteRequest:
    return DeleteRequest(
        request.key,
        request.etag,
        _CONCURRENCIES[request.concurrency],
        _CONSISTENCIES[request.consistency],
        dict(request.metadata),
    )


def item(item: Item | None) -> wit.Item | None:
    if item is None:
        return None
    if not isinstance(item, Item):
        raise TypeError(f"get answered {type(item).__name__}, neither Item nor None")
    return wit.Item(
        checked.data(item.value, "an item's value"),
        checked.optional_text(item.etag, "an item's etag"),
        checked.optional_text(item.content_type, "an item's content type"),
        checked.pairs(item.metadata, "an item's metadata"),
    )


def _wire(error: Error) -> wit.StateError:
    message = checked.lenient_text(error.message)
    match error:
        case EtagMismatch():
            return wit.StateError_EtagMismatch(message)
        case EtagInvalid():
            return wit.StateError_EtagInvalid(message)
        case RowMismatch():
            return wit.StateError_RowMismatch(wit.RowMismatch(error.expected, error.affected))
        case AppError():
            tag, reason, domain = map(checked.lenient_text, (error.tag, error.reason, error.domain))
            return wit.StateError_AppError(wit.AppError(code(error.code), error.http_status, tag, reason, domain, message))
        case _:
            return wit.StateError_Other(wire(error))


fallible = answering(_wire)
"""For functions whose errors are those of state."""
