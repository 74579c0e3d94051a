"""What componentize-py builds: names what the host calls."""

from memory_state.store import MemoryState
from plugbox import export

export(__name__, MemoryState)
