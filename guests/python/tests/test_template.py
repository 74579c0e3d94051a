"""What a new guest begins with."""

import re
from pathlib import Path

HERE = Path(__file__).parent.parent


def test_a_new_guest_has_the_tools_that_the_guests_here_have():
    wanted = re.findall('"([a-z-]+==[^"]+)"', (HERE / "template/common/pyproject.toml.jinja").read_text())
    assert wanted
    pinned = re.findall(r"^([a-z-]+==\S+)", (HERE / "requirements.txt").read_text(), re.MULTILINE)
    assert set(wanted) <= set(pinned)
