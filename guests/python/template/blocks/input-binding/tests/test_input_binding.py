import pytest

from input_binding import MyInputBinding
from plugbox import InvalidArgument, PulledEvents


def readers(pulled: PulledEvents) -> list[int]:
    return [event.reader for event in pulled.events]


def test_a_reader_gets_an_event_at_each_interval() -> None:
    now = 100.0
    binding = MyInputBinding(lambda: now)
    binding.init({"interval": "2s"})
    assert binding.open(7) == 1
    pulled = binding.pull({7: 1})
    assert (readers(pulled), pulled.again_in) == ([], 2.0)
    for _ in range(3):
        now += 2
        assert readers(binding.pull({7: 1})) == [7]
        assert readers(binding.pull({7: 1})) == []


@pytest.mark.parametrize("interval", ["", "0s", "-1s", "1", "soon"])
def test_what_is_no_interval_is_refused(interval: str) -> None:
    with pytest.raises(InvalidArgument, match="interval"):
        MyInputBinding().init({"interval": interval})
