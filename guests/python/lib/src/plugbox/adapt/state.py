"""``StateStore`` as the host calls it."""

from wit_world.imports import state_types as wit

from plugbox import state
from plugbox.adapt import checked
from plugbox.adapt.failures import initial
from plugbox.adapt.made import Made
from plugbox.adapt.state_values import delete_request, fallible, get_request, item, set_request


class StateStore:
    def __init__(self, made: Made[state.StateStore]) -> None:
        self._made = made

    @initial
    def init(self, properties: list[tuple[str, str]]) -> list[str]:
        store = self._made()
        store.init(dict(properties))
        return checked.names(store.features, "features")

    @fallible
    def get(self, request: wit.GetRequest) -> wit.Item | None:
        return item(self._made().get(get_request(request)))

    @fallible
    def set(self, request: wit.SetRequest) -> None:
        self._made().set(set_request(request))

    @fallible
    def delete(self, request: wit.DeleteRequest) -> None:
        self._made().delete(delete_request(request))
