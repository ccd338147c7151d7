"""One mosquitto for all tests of a file."""

import pytest

from tests.broker.live import Live
from tests.programs import find


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    find("mosquitto")
    found = Live(tmp_path_factory.mktemp("broker"))
    found.configure()
    with found.mosquitto():
        yield found
