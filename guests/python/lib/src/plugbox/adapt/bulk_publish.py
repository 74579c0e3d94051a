"""``BulkPublish`` as the host calls it."""

from wit_world.exports import bulk_publish as wit

from plugbox import pub_sub
from plugbox.adapt import checked
from plugbox.adapt.failures import fallible
from plugbox.adapt.made import Made


class BulkPublish:
    def __init__(self, made: Made[pub_sub.BulkPublish]) -> None:
        self._made = made

    @fallible
    def bulk_publish(self, topic: str, entries: list[wit.Entry], metadata: list[tuple[str, str]]) -> list[wit.Failure]:
        ours = [pub_sub.Entry(entry.entry_id, entry.data, entry.content_type, dict(entry.metadata)) for entry in entries]
        failures = self._made().bulk_publish(topic, ours, dict(metadata))
        return [
            wit.Failure(checked.text(failure.entry_id, "the id of an entry"), checked.lenient_text(failure.reason))
            for failure in failures
        ]
