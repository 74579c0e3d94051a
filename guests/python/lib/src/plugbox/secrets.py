"""Secret stores."""

from abc import abstractmethod
from collections.abc import Mapping

from plugbox.types import Block, FeaturedBlock, Metadata

Secret = Mapping[str, str]
"""The values of one secret by their names. A single value has the secret's own name."""


class SecretStore(FeaturedBlock):
    """Secrets by name. The feature is ``MULTIPLE_KEY_VALUES_PER_SECRET``."""

    @abstractmethod
    def get(self, name: str, metadata: Metadata) -> Secret:
        """One secret. A name that is not there is a ``NotFound``."""


class BulkSecretStore(Block):
    """All secrets at once, for a store that may show them all."""

    @abstractmethod
    def bulk_get(self, metadata: Metadata) -> Mapping[str, Secret]:
        """Every secret by its name."""
