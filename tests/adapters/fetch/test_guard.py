"""Which addresses may be connected to: the decision alone, over every trick that hides one."""

from ipaddress import ip_address, ip_network

import pytest

from jobmill.adapters.fetch.guard import Guard, is_public, literal_address
from jobmill.core.errors import AddressNotAllowed, InvalidInput

OPEN = Guard((ip_network("192.168.10.0/24"), ip_network("fd00::/8")))
SHUT = Guard()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "ff02::1",
    ],
)
def test_what_is_not_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(AddressNotAllowed, match="JOBMILL_FETCH_ALLOW"):
        SHUT.check("name.example", [ip_address(address)], 443)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
)
def test_the_public_internet_is_open_on_the_usual_ports(address: str) -> None:
    SHUT.check("name.example", [ip_address(address)], 8443)
    with pytest.raises(AddressNotAllowed, match="Port 22"):
        SHUT.check("name.example", [ip_address(address)], 22)


def test_one_forbidden_address_among_good_ones_is_enough() -> None:
    mixed = [ip_address("93.184.215.14"), ip_address("10.0.0.1")]
    with pytest.raises(AddressNotAllowed) as refusal:
        SHUT.check("name.example", mixed, 443)
    assert "10.0.0.1" not in refusal.value.message, "what a name leads to inside is not told"


@pytest.mark.parametrize("address", ["192.168.10.7", "::ffff:192.168.10.7", "fd12::1"])
def test_networks_of_the_operator_are_open_on_every_port(address: str) -> None:
    OPEN.check("nas.example", [ip_address(address)], 9999)
    with pytest.raises(AddressNotAllowed):
        OPEN.check("nas.example", [ip_address(address), ip_address("192.168.11.7")], 9999)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("::ffff:7f00:1", "::ffff:7f00:1"),
        ("example.org", None),
        ("1.example", None),
    ],
)
def test_an_address_is_known_in_every_form_that_resolvers_take(
    host: str, address: str | None
) -> None:
    found = literal_address(host)
    assert found == (None if address is None else ip_address(address))
    if address is not None:
        with pytest.raises(AddressNotAllowed):
            SHUT.check_host(host, 80)


@pytest.mark.parametrize(
    "host", ["256.1.1.1", "1.2.3.4.5", "0x100000000", "1::2::3", "127.0.0.1 a.1"]
)
def test_what_only_looks_like_an_address_is_refused(host: str) -> None:
    with pytest.raises(InvalidInput, match="not a valid IP address"):
        literal_address(host)


@pytest.mark.parametrize(("host", "port"), [("localhost", 80), ("a.localhost", 80), ("a.b", 22)])
def test_what_no_name_server_can_make_good_is_refused_before_it_is_asked(
    host: str, port: int
) -> None:
    with pytest.raises(AddressNotAllowed):
        SHUT.check_host(host, port)
    OPEN.check_host(host, port)  # where a network is open, what the name leads to decides
