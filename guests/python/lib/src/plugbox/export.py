"""How a guest's classes become what the host calls."""

import sys
from importlib import import_module
from importlib.util import find_spec

from plugbox.app import Invoke, Subscriber
from plugbox.bindings import InputBinding, OutputBinding
from plugbox.pub_sub import BulkPublish, PubSub
from plugbox.secrets import BulkSecretStore, SecretStore
from plugbox.state import BulkStateStore, QueriableStateStore, StateStore, TransactionalStateStore
from plugbox.types import Exported

# The adapters are in the modules of these names, as classes of the same names as these. A module imports what componentize-py
# makes for its interface, which is there only in guests that are built for it.
_ADAPTERS: dict[type[Exported], str] = {
    StateStore: "state",
    BulkStateStore: "bulk_state",
    TransactionalStateStore: "transactional_state",
    QueriableStateStore: "queriable_state",
    PubSub: "pub_sub",
    BulkPublish: "bulk_publish",
    InputBinding: "input_binding",
    OutputBinding: "output_binding",
    SecretStore: "secret_store",
    BulkSecretStore: "bulk_secret_store",
    Invoke: "invoke",
    Subscriber: "subscriber",
}

# A running guest can import nothing any more. These are modules that Python's own library imports only when they are used.
_LATE = (
    "_strptime",
    "encodings.ascii",
    "encodings.cp1252",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_32",
    "encodings.utf_8_sig",
)


def export(module: str, *blocks: type[Exported]) -> None:
    """Makes classes what the host calls: ``export(__name__, MyStore)``, once, in the module that componentize-py is given.

    Each class is made without arguments, once in each running guest. A guest that is several building blocks names several
    classes; an application is one, with all that it takes.
    """
    if find_spec("wit_world") is None:
        # Nobody is building a guest: this is a test, or an editor.
        return
    for name in _LATE:
        import_module(name)
    from plugbox.adapt.made import Made

    namespace = vars(sys.modules[module])
    exported = set()
    for block in blocks:
        made = Made(block)
        kinds = [kind for kind in _ADAPTERS if issubclass(block, kind)]
        if not kinds:
            raise TypeError(
                f"{block.__name__} is none of plugbox's building blocks, and no part of an application: "
                "it is to subclass StateStore or Invoke, for example"
            )
        for kind in kinds:
            name = kind.__name__
            if name in exported:
                raise TypeError(f"{block.__name__} is the second {name} of this guest, which can have one")
            exported.add(name)
            namespace[name] = made.adapter(_adapter(block, kind))


def _adapter(block: type[Exported], kind: type[Exported]) -> type:
    try:
        adapters = import_module(f"plugbox.adapt.{_ADAPTERS[kind]}")
    except ImportError as error:
        raise TypeError(
            f"{block.__name__} is a {kind.__name__}, which the world that this guest is built for does not export: "
            "give componentize-py a larger world, or take that class away from its bases"
        ) from error
    adapter: type = getattr(adapters, kind.__name__)
    return adapter
