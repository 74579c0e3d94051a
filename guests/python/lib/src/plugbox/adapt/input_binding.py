"""``InputBinding`` as the host calls it."""

from componentize_py_types import Err, Result
from wit_world.exports import input_binding as wit

from plugbox import bindings
from plugbox.adapt import checked
from plugbox.adapt.failures import fallible, initial, silent
from plugbox.adapt.made import Made


class InputBinding:
    def __init__(self, made: Made[bindings.InputBinding]) -> None:
        self._made = made

    @initial
    def init(self, properties: list[tuple[str, str]]) -> None:
        self._made().init(dict(properties))

    @fallible
    def open(self, id: int) -> int:
        return checked.count(self._made().open(id), "the window that open answered", least=1)

    @silent
    def close(self, id: int) -> None:
        self._made().close(id)

    @fallible
    def pull(self, wanted: list[wit.Demand]) -> wit.Pulled:
        pulled = self._made().pull({demand.id: demand.events for demand in wanted})
        events = [_event(event) for event in pulled.events]
        return wit.Pulled(events, checked.nanoseconds(pulled.again_in, "again_in"), list(pulled.waits))

    @silent
    def answer(self, id: int, event_id: str, outcome: Result[bytes, str]) -> None:
        if isinstance(outcome, Err):
            self._made().answer(id, event_id, b"", outcome.value)
        else:
            self._made().answer(id, event_id, outcome.value, None)


def _event(event: bindings.Event) -> wit.Event:
    return wit.Event(
        checked.number(event.reader, "the reader of an event"),
        checked.text(event.event_id, "the id of an event"),
        checked.data(event.data, "the data of an event"),
        checked.optional_text(event.content_type, "the content type of an event"),
        checked.pairs(event.metadata, "the metadata of an event"),
    )
