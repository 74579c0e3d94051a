"""``Invoke`` as the host calls it."""

from wit_world.imports import invocation_types as wit
from wit_world.imports import status_types

from plugbox import app
from plugbox.adapt import checked
from plugbox.adapt.failures import answering, code
from plugbox.adapt.made import Made
from plugbox.errors import Error


def _status(error: Error) -> status_types.Status:
    return status_types.Status(code(error.code), checked.lenient_text(error.message), [])


class Invoke:
    def __init__(self, made: Made[app.Invoke]) -> None:
        self._made = made

    @answering(_status)
    def handle(self, request: wit.Request) -> wit.Response:
        http = app.Http(request.http.verb.name, request.http.query) if request.http else None
        response = self._made().invoke(
            app.InvokeRequest(
                request.method, request.data, request.content_type, request.type_url, http, tuple(request.headers)
            )
        )
        return wit.Response(
            checked.data(response.data, "the data of a response"),
            checked.optional_text(response.content_type, "the content type of a response"),
            checked.optional_text(response.type_url, "the type URL of a response"),
            [
                (checked.text(name, "a header's name"), checked.text(value, "a header's value"))
                for name, value in response.headers
            ],
        )
