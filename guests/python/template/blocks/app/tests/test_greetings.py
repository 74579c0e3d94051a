import pytest

from greetings import Greetings
from plugbox import InvalidArgument, InvokeRequest, Unimplemented


def test_who_is_named_is_greeted() -> None:
    assert Greetings().invoke(InvokeRequest("greet", b"Ada")).data == b"Hello, Ada!\n"
    with pytest.raises(InvalidArgument):
        Greetings().invoke(InvokeRequest("greet", b" "))


def test_there_is_no_other_method() -> None:
    with pytest.raises(Unimplemented, match="fly"):
        Greetings().invoke(InvokeRequest("fly", b"Ada"))
