"""An application with one method: ``greet`` answers a greeting for the name that it is sent."""

from plugbox import InvalidArgument, Invoke, InvokeRequest, InvokeResponse, Unimplemented


class Greetings(Invoke):
    def invoke(self, request: InvokeRequest) -> InvokeResponse:
        if request.method != "greet":
            raise Unimplemented(f"there is no method {request.method!r}, only greet")
        name = request.data.decode(errors="replace").strip()
        if not name:
            raise InvalidArgument("the body must be a name")
        return InvokeResponse(f"Hello, {name}!\n".encode(), content_type="text/plain")
