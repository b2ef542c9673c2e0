"""Names for what stands at an address."""

import pytest

from jobmill.core.items import name_in_address


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.test/a/my%20film%20%C3%A9.mp4?sig=%2F", "my film é.mp4"),
        ("https://x.test/a/plain.mp4#t=5", "plain.mp4"),
        ("https://x.test/a/..%2f..%2Fetc%5Cpasswd", "....etcpasswd"),
        ("https://x.test/a/tab%09and%00", "taband"),
        ("https://x.test/a/%2e%2E", "download"),
        ("https://x.test/folder/", "folder"),
        ("https://x.test/%FF.mp4", "\ufffd.mp4"),
        ("https://x.test", "download"),
    ],
)
def test_a_name_in_an_address_is_as_people_write_it(url: str, name: str) -> None:
    assert name_in_address(url) == name
