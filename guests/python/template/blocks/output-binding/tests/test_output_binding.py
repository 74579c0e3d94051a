import pytest

from output_binding import MyOutputBinding
from plugbox import InvalidArgument, Invocation, NotFound

KEY = {"key": "a"}


def test_what_was_created_can_be_had_until_it_is_deleted() -> None:
    binding = MyOutputBinding()
    binding.invoke(Invocation("create", b"data", KEY))
    assert binding.invoke(Invocation("get", b"", KEY)).data == b"data"
    binding.invoke(Invocation("delete", b"", KEY))
    with pytest.raises(NotFound):
        binding.invoke(Invocation("get", b"", KEY))


def test_what_is_missing_or_wrong_is_named() -> None:
    binding = MyOutputBinding()
    with pytest.raises(InvalidArgument, match="metadata key"):
        binding.invoke(Invocation("create", b"data"))
    with pytest.raises(InvalidArgument, match="create, get, delete"):
        binding.invoke(Invocation("eat", b"", KEY))
