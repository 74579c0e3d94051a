"""Bindings and secret stores through what componentize-py makes."""

import pytest
from componentize_py_types import Err, Ok
from wit_world.exports import input_binding as wit_input
from wit_world.exports import output_binding as wit_output
from wit_world.imports import types

import plugbox
from plugbox.adapt.bulk_secret_store import BulkSecretStore
from plugbox.adapt.input_binding import InputBinding
from plugbox.adapt.made import Made
from plugbox.adapt.output_binding import OutputBinding
from plugbox.adapt.secret_store import SecretStore


class Input(plugbox.InputBinding):
    def __init__(self) -> None:
        self.asked: list[object] = []

    def init(self, properties):
        if "where" not in properties:
            raise plugbox.InvalidArgument("where is missing")

    def open(self, reader):
        self.asked.append(reader)
        return 2

    def close(self, reader):
        self.asked.append(-reader)

    def pull(self, wanted):
        return plugbox.PulledEvents([plugbox.Event(reader, "1", b"x") for reader in wanted], again_in=1)

    def answer(self, reader, event_id, data, failure):
        self.asked.append((reader, event_id, data, failure))


def test_an_input_binding_opens_pulls_and_is_answered():
    made = Input()
    binding = InputBinding(Made(lambda: made))
    with pytest.raises(Err) as raised:
        binding.init([])
    assert raised.value.value == types.Error(types.Code.INVALID_ARGUMENT, "where is missing")
    binding.init([("where", "here")])
    assert binding.open(7) == 2
    event = wit_input.Event(7, "1", b"x", None, [])
    assert binding.pull([wit_input.Demand(7, 1)]) == wit_input.Pulled([event], 1_000_000_000, [])
    binding.answer(7, "1", Ok(b"done"))
    binding.answer(7, "2", Err("why"))
    binding.close(7)
    assert made.asked == [7, (7, "1", b"done", None), (7, "2", b"", "why"), -7]


class Output(plugbox.OutputBinding):
    operations = ("create",)

    def invoke(self, request):
        if request.operation != "create":
            raise plugbox.Error(f"no {request.operation}", plugbox.Code.UNIMPLEMENTED)
        return plugbox.Response(request.data[::-1], "text/plain", request.metadata)


def test_an_output_binding_names_its_operations_and_does_them():
    binding = OutputBinding(Made(Output))
    assert binding.init([]) == ["create"]
    got = binding.invoke(wit_output.Invocation("create", b"ab", [("a", "b")]))
    assert got == wit_output.Response(b"ba", "text/plain", [("a", "b")])
    with pytest.raises(Err) as raised:
        binding.invoke(wit_output.Invocation("eat", b"", []))
    assert raised.value.value == types.Error(types.Code.UNIMPLEMENTED, "no eat")


class Secrets(plugbox.SecretStore, plugbox.BulkSecretStore):
    held = {"password": {"password": "oak"}}  # noqa: RUF012 - never changed

    def get(self, name, metadata):
        if name not in self.held:
            raise plugbox.NotFound(f"there is no secret {name!r}")
        return self.held[name]

    def bulk_get(self, metadata):
        return self.held


def test_a_secret_store_answers_one_secret_or_all():
    made = Made(Secrets)
    store = SecretStore(made)
    assert store.init([]) == []
    assert store.get("password", []) == [("password", "oak")]
    assert BulkSecretStore(made).bulk_get([]) == [("password", [("password", "oak")])]
    with pytest.raises(Err) as raised:
        store.get("other", [])
    assert raised.value.value.code is types.Code.NOT_FOUND
