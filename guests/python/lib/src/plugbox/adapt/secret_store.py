"""``SecretStore`` as the host calls it."""

from plugbox import secrets
from plugbox.adapt import checked
from plugbox.adapt.failures import fallible, initial
from plugbox.adapt.made import Made


class SecretStore:
    def __init__(self, made: Made[secrets.SecretStore]) -> None:
        self._made = made

    @initial
    def init(self, properties: list[tuple[str, str]]) -> list[str]:
        store = self._made()
        store.init(dict(properties))
        return checked.names(store.features, "features")

    @fallible
    def get(self, name: str, metadata: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return checked.pairs(self._made().get(name, dict(metadata)), "a secret")
