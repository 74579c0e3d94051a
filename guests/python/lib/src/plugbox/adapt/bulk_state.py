"""``BulkStateStore`` as the host calls it."""

from componentize_py_types import Err, Ok, Result
from wit_world.imports import state_types as wit

from plugbox import state
from plugbox.adapt import checked
from plugbox.adapt.made import Made
from plugbox.adapt.state_values import delete_request, fallible, get_request, item, set_request
from plugbox.errors import Error


class BulkStateStore:
    def __init__(self, made: Made[state.BulkStateStore]) -> None:
        self._made = made

    @fallible
    def bulk_get(self, requests: list[wit.GetRequest]) -> list[Result[wit.Item | None, str]]:
        answers = self._made().bulk_get([get_request(request) for request in requests])
        return [_answer(answer) for answer in answers]

    @fallible
    def bulk_set(self, requests: list[wit.SetRequest]) -> None:
        self._made().bulk_set([set_request(request) for request in requests])

    @fallible
    def bulk_delete(self, requests: list[wit.DeleteRequest]) -> None:
        self._made().bulk_delete([delete_request(request) for request in requests])


def _answer(answer: state.Item | Error | None) -> Result[wit.Item | None, str]:
    if isinstance(answer, Error):
        return Err(checked.lenient_text(answer.message))
    return Ok(item(answer))
