"""``Subscriber`` as the host calls it."""

from wit_world.exports import subscriber as wit
from wit_world.imports import event_types

from plugbox import app
from plugbox.adapt import checked
from plugbox.adapt.failures import unexpected
from plugbox.adapt.made import Made
from plugbox.strict import parse_json


def _subscription(wanted: app.Subscription) -> wit.Subscription:
    return wit.Subscription(
        checked.text(wanted.pubsub, "the broker of a subscription"),
        checked.text(wanted.topic, "the topic of a subscription"),
        [
            wit.Route(checked.text(route.matches, "the rule of a route"), checked.text(route.path, "the path of a route"))
            for route in wanted.routes
        ],
        checked.optional_text(wanted.default_path, "the default path of a subscription"),
        checked.optional_text(wanted.dead_letter_topic, "the dead letter topic of a subscription"),
        None,
        checked.pairs(wanted.metadata, "the metadata of a subscription"),
    )


def _event(event: event_types.CloudEvent) -> app.CloudEvent:
    return app.CloudEvent(
        id=event.id,
        source=event.source,
        type=event.kind,
        spec_version=event.spec_version,
        data=event.data,
        content_type=event.content_type,
        subject=event.subject,
        time=event.time,
        data_schema=event.data_schema,
        extensions={name: _attribute(value) for name, value in event.extensions},
    )


def _attribute(value: event_types.Attribute) -> object:
    return parse_json(value.value) if isinstance(value, event_types.Attribute_Json) else value.value


class Subscriber:
    def __init__(self, made: Made[app.Subscriber]) -> None:
        self._made = made

    def subscriptions(self) -> list[wit.Subscription]:
        return [_subscription(wanted) for wanted in self._made().subscriptions()]

    def handle(self, message: wit.Message) -> event_types.Outcome:
        try:
            event = _event(message.event)
            received = app.Received(event, message.pubsub, message.topic, message.path, dict(message.metadata))
            return event_types.Outcome[self._made().receive(received).name]
        except (Exception, SystemExit) as error:
            unexpected(error)
            return event_types.Outcome.RETRY
