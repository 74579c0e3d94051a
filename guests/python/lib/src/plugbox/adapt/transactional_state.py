"""``TransactionalStateStore`` as the host calls it."""

from wit_world.exports import transactional_state_store as wit

from plugbox import state
from plugbox.adapt import checked
from plugbox.adapt.made import Made
from plugbox.adapt.state_values import delete_request, fallible, set_request


class TransactionalStateStore:
    def __init__(self, made: Made[state.TransactionalStateStore]) -> None:
        self._made = made

    @fallible
    def transact(self, operations: list[wit.Operation], metadata: list[tuple[str, str]]) -> None:
        self._made().transact([_operation(operation) for operation in operations], dict(metadata))

    def max_operations(self) -> int | None:
        most = self._made().max_operations
        return None if most is None else checked.count(most, "max_operations", least=1)


def _operation(operation: wit.Operation) -> state.Operation:
    match operation:
        case wit.Operation_Set(request):
            return set_request(request)
        case wit.Operation_Delete(request):
            return delete_request(request)
