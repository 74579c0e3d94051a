"""``BulkSecretStore`` as the host calls it."""

from plugbox import secrets
from plugbox.adapt import checked
from plugbox.adapt.failures import fallible
from plugbox.adapt.made import Made


class BulkSecretStore:
    def __init__(self, made: Made[secrets.BulkSecretStore]) -> None:
        self._made = made

    @fallible
    def bulk_get(self, metadata: list[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
        found = self._made().bulk_get(dict(metadata))
        return [(checked.text(name, "the name of a secret"), checked.pairs(held, "a secret")) for name, held in found.items()]
