"""An output binding that keeps data in memory, by the metadata ``key``."""

from plugbox import InvalidArgument, Invocation, NotFound, OutputBinding, Response


class MyOutputBinding(OutputBinding):
    operations = ("create", "get", "delete")

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}

    def invoke(self, request: Invocation) -> Response:
        if request.operation not in self.operations:
            raise InvalidArgument(f"there is no operation {request.operation!r}: they are {', '.join(self.operations)}")
        key = request.metadata.get("key")
        if not key:
            raise InvalidArgument(f"{request.operation} needs the metadata key")
        match request.operation:
            case "create":
                self._data[key] = request.data
            case "delete":
                self._data.pop(key, None)
            case "get" if key in self._data:
                return Response(self._data[key])
            case _:
                raise NotFound(f"there is no {key!r}")
        return Response()
