"""What componentize-py builds: names what the host calls."""

from memory_broker.broker import MemoryBroker
from plugbox import export

export(__name__, MemoryBroker)
