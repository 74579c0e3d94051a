"""``OutputBinding`` as the host calls it."""

from wit_world.exports import output_binding as wit

from plugbox import bindings
from plugbox.adapt import checked
from plugbox.adapt.failures import fallible, initial
from plugbox.adapt.made import Made


class OutputBinding:
    def __init__(self, made: Made[bindings.OutputBinding]) -> None:
        self._made = made

    @initial
    def init(self, properties: list[tuple[str, str]]) -> list[str]:
        binding = self._made()
        binding.init(dict(properties))
        return checked.names(binding.operations, "operations")

    @fallible
    def invoke(self, request: wit.Invocation) -> wit.Response:
        invocation = bindings.Invocation(request.operation, request.data, dict(request.metadata))
        response = self._made().invoke(invocation)
        return wit.Response(
            checked.data(response.data, "the data of a response"),
            checked.optional_text(response.content_type, "the content type of a response"),
            checked.pairs(response.metadata, "the metadata of a response"),
        )
