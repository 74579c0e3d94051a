"""A secret store whose secrets are the properties that begin with ``secret.``: ``secret.password`` is ``password``."""

from plugbox import Metadata, NotFound, SecretStore

PREFIX = "secret."


class MySecretStore(SecretStore):
    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def init(self, properties: Metadata) -> None:
        self._secrets = {name.removeprefix(PREFIX): value for name, value in properties.items() if name.startswith(PREFIX)}

    def get(self, name: str, metadata: Metadata) -> Metadata:
        if name not in self._secrets:
            raise NotFound(f"there is no secret {name!r}")
        return {name: self._secrets[name]}
