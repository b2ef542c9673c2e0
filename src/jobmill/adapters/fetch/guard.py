"""Which addresses a fetch may connect to: a pure decision over IP addresses and ports.

Resolves nothing and connects to nothing. Whoever connects must ask for every address, and must
connect to the very address that was asked about.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from jobmill.core.errors import AddressNotAllowed, InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = (80, 443, 8080, 8443)

# `ipaddress.is_global` follows the IANA registries, but its tables differ between patch releases
# of Python. What must never be reached is therefore also written down here (RFC 6890 and its
# updates); IPv6 is refused outside global unicast, 2000::/3, and in the tunnels that carry IPv4.
_NEVER: tuple[Network, ...] = tuple(
    ip_network(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def plain_address(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped IPv6 one (`::ffff:a.b.c.d`); any other as it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_public(address: Address) -> bool:
    """Whether the address lies in the public internet, and hides no other address inside it."""
    plain = plain_address(address)
    if isinstance(plain, IPv6Address) and plain not in _GLOBAL_UNICAST:
        return False
    if plain.is_multicast or not plain.is_global:
        return False
    return not any(plain in network for network in _NEVER)


def literal_address(host: str) -> Address | None:
    """The address that a URL's host spells out, or None when the host is a name.

    Knows the decimal, octal, hexadecimal and shortened forms of IPv4 that resolvers accept.
    Raises InvalidInput for a host that looks like an address and is none.
    """
    try:
        if ":" in host:
            return ip_address(host)
        if not _ends_in_number(host):
            return None
        if any(c.isspace() for c in host):  # inet_aton ignores whatever follows a space
            raise ValueError(host)
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        raise InvalidInput(f"{host!r} is not a valid IP address. Correct the address.") from None


def _ends_in_number(host: str) -> bool:
    """Whether a host must be read as IPv4 (WHATWG URL, "ends in a number checker")."""
    last = host.rpartition(".")[2]
    hexadecimal = last[:2] in ("0x", "0X") and all(c in "0123456789abcdefABCDEF" for c in last[2:])
    return (last.isascii() and last.isdigit()) or hexadecimal


@dataclass(frozen=True, slots=True)
class Guard:
    """Public addresses on the usual ports, and whatever the operator's networks open."""

    allow: tuple[Network, ...] = ()

    def opens(self, address: Address) -> bool:
        """Whether the operator has opened this address, on every port."""
        plain = plain_address(address)
        return any(plain in network for network in self.allow)

    def check(self, host: str, addresses: Iterable[Address], port: int) -> None:
        """Raise AddressNotAllowed unless every address may be connected to on this port.

        The message names the host alone: what a name leads to inside a network is not told.
        """
        for address in addresses:
            if self.opens(address):
                continue
            if not is_public(address):
                raise _not_public(host)
            if port not in PORTS:
                raise _port_closed(port)

    def check_host(self, host: str, port: int) -> None:
        """Raise for a host and port that can never be fetched, whatever the name resolves to."""
        literal = literal_address(host)
        if literal is not None:
            self.check(host, (literal,), port)
        elif not self.allow and (host == "localhost" or host.endswith(".localhost")):
            raise _not_public(host)
        elif not self.allow and port not in PORTS:
            raise _port_closed(port)


def _not_public(host: str) -> AddressNotAllowed:
    return AddressNotAllowed(
        f"{host!r} is not, or not only, an address of the public internet. Use a public address, "
        "or have the operator open the network with JOBMILL_FETCH_ALLOW "
        "(CIDRs; for this machine: 127.0.0.0/8,::1/128)."
    )


def _port_closed(port: int) -> AddressNotAllowed:
    ports = ", ".join(str(open_port) for open_port in PORTS)
    return AddressNotAllowed(
        f"Port {port} is not open to fetches. Use one of {ports}, "
        "or have the operator open the network with JOBMILL_FETCH_ALLOW."
    )
