"""Where engines may be: hosts and networks that the operator names in JOBMILL_ENGINE_ALLOW.

Without any, nowhere. Resolves nothing; whoever connects asks about every address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from jobmill.adapters.fetch.guard import Address, Guard, Network, literal_address, plain_address
from jobmill.adapters.fetch.target import parse_target
from jobmill.core.errors import AddressNotAllowed


@dataclass(frozen=True, slots=True)
class EngineGuard(Guard):
    """`allow` are networks. `names` are hosts, `host:port`, or `*.domain`: what a named host
    resolves to is the operator's word, but never a link-local, multicast or unspecified address.
    """

    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Sequence[str]) -> "EngineGuard":
        """From the words of the setting."""
        networks: list[Network] = []
        names: list[str] = []
        for word in words:
            try:
                networks.append(ip_network(word, strict=False))
            except ValueError:
                names.append(word.lower().rstrip("."))
        return cls(tuple(networks), tuple(names))

    def check(self, host: str, addresses: Iterable[Address], port: int) -> None:
        """Raise AddressNotAllowed unless an engine may be at every one of these addresses."""
        named = self._named(host, port)
        for address in addresses:
            if self.opens(address) or (named and _may_be_named(address)):
                continue
            raise _refused(host)

    def check_host(self, host: str, port: int) -> None:
        """Raise for a host at which no engine can be, whatever the name resolves to."""
        literal = literal_address(host)
        if literal is not None:
            self.check(host, (literal,), port)
        elif not self.allow and not self._named(host, port):
            raise _refused(host)

    def _named(self, host: str, port: int) -> bool:
        place = f"[{host}]" if ":" in host else host
        return any(
            name in (host, place, f"{place}:{port}")
            or (name.startswith("*.") and host.endswith(name[1:]))
            for name in self.names
        )


def check_engine_address(guard: EngineGuard, url: str) -> None:
    """Raise InvalidInput or AddressNotAllowed for an address at which no engine may be."""
    target = parse_target(url)
    guard.check_host(target.host, target.port)


def _may_be_named(address: Address) -> bool:
    plain = plain_address(address)
    return not (plain.is_link_local or plain.is_multicast or plain.is_unspecified)


def _refused(host: str) -> AddressNotAllowed:
    return AddressNotAllowed(
        f"No engine may be at {host!r}. Have the operator name the host, or its network, in "
        "JOBMILL_ENGINE_ALLOW (for this machine: 127.0.0.0/8,::1/128).",
        field="url",
    )
