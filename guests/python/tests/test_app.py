"""Applications through what componentize-py makes."""

import pytest
from componentize_py_types import Err
from wit_world.exports import subscriber as wit_subscriber
from wit_world.imports import event_types, invocation_types, status_types, types

import plugbox
from plugbox.adapt.invoke import Invoke
from plugbox.adapt.made import Made
from plugbox.adapt.subscriber import Subscriber


class App(plugbox.Invoke, plugbox.Subscriber):
    def __init__(self) -> None:
        self.requests: list[plugbox.InvokeRequest] = []
        self.messages: list[plugbox.Received] = []

    def invoke(self, request):
        self.requests.append(request)
        match request.method:
            case "echo":
                return plugbox.InvokeResponse(request.data, request.content_type, request.type_url, request.headers)
            case "wrong":
                return plugbox.InvokeResponse("text")
            case _:
                raise plugbox.Unimplemented(f"no {request.method}")

    def subscriptions(self):
        routes = [plugbox.Route("event.type == 'a'", "/a")]
        return [plugbox.Subscription("broker", "orders", routes, "/other", "dead", {"rawPayload": "true"})]

    def receive(self, message):
        self.messages.append(message)
        if message.topic == "broken":
            raise ValueError("no")
        return plugbox.Outcome.DROP


def request(method):
    http = invocation_types.Http(invocation_types.Verb.PUT, "a=1")
    return invocation_types.Request(method, b"d", "text/plain", None, http, [("a", "1"), ("a", "2")])


def test_a_call_and_its_answer_cross_the_border():
    app = App()
    got = Invoke(Made(lambda: app)).handle(request("echo"))
    assert got == invocation_types.Response(b"d", "text/plain", None, [("a", "1"), ("a", "2")])
    assert app.requests[0].http == plugbox.Http("PUT", "a=1")
    bare = invocation_types.Request("echo", b"", None, None, None, [])
    assert Invoke(Made(lambda: app)).handle(bare) == invocation_types.Response(b"", None, None, [])
    assert app.requests[1].http is None


@pytest.mark.parametrize(("method", "code"), [("fly", types.Code.UNIMPLEMENTED), ("wrong", types.Code.INTERNAL)])
def test_what_an_application_raises_is_a_status(method, code):
    with pytest.raises(Err) as raised:
        Invoke(Made(App)).handle(request(method))
    status = raised.value.value
    assert isinstance(status, status_types.Status)
    assert status.code == code


def message(topic):
    extensions = [
        ("n", event_types.Attribute_Number(1.5)),
        ("b", event_types.Attribute_Boolean(True)),
        ("t", event_types.Attribute_Text("x")),
        ("j", event_types.Attribute_Json("[1]")),
    ]
    event = event_types.CloudEvent("1", "s", "a", "1.0", "text/plain", b"d", None, "now", None, extensions)
    return wit_subscriber.Message(event, "broker", topic, "/a", [("m", "1")])


def test_subscriptions_and_messages_cross_the_border():
    app = App()
    subscriber = Subscriber(Made(lambda: app))
    route = wit_subscriber.Route("event.type == 'a'", "/a")
    wanted = wit_subscriber.Subscription("broker", "orders", [route], "/other", "dead", None, [("rawPayload", "true")])
    assert subscriber.subscriptions() == [wanted]
    assert subscriber.handle(message("orders")) == event_types.Outcome.DROP
    extensions = {"n": 1.5, "b": True, "t": "x", "j": [1]}
    event = plugbox.CloudEvent("1", "s", "a", "1.0", b"d", "text/plain", None, "now", None, extensions)
    assert app.messages == [plugbox.Received(event, "broker", "orders", "/a", {"m": "1"})]


def test_a_message_that_nobody_could_take_comes_again():
    assert Subscriber(Made(App)).handle(message("broken")) == event_types.Outcome.RETRY
