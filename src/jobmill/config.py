"""Every setting, by flag or environment (`JOBMILL_…`), read once. Knows nothing of the house."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
DEFAULT_PORT = 9000
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingInvalid(ValueError):
    """A setting has a value that cannot be used; names the setting and what it takes."""

    def __init__(self, name: str, value: str, takes: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used: it takes {takes}.")


@dataclass(frozen=True, slots=True)
class Settings:
    """How one server or worker process shall run.

    `slots` is how many attempts a worker runs at once; 0 means one per processor, two at least.
    `pools` are those that its worker serves; none named means all. `dialect_hosts` are pairs of a
    dialect's name and a host name, with a port if it matters, at which that vendor's own paths lead
    there.
    """

    data: Path = Path("jobmill-data")
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    database: str = ""
    blobs: str = ""
    media_roots: tuple[Path, ...] = ()
    fetch_allow: tuple[Network, ...] = ()
    engine_allow: tuple[str, ...] = ()
    engines: tuple[Path, ...] = ()
    gentoo_allow: tuple[Network, ...] = ()
    cors_origins: tuple[str, ...] = ()
    models: Path | None = None
    public_url: str = ""
    dialect_hosts: tuple[tuple[str, str], ...] = ()
    slots: int = 0
    pools: tuple[str, ...] = ()
    max_upload: int = 64 * 2**30
    blob_cache: int = 20 * 2**30
    tls_cert: Path | None = None
    tls_key: Path | None = None
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    worker: bool = field(default=True)

    @property
    def roots(self) -> tuple[Path, ...]:
        """The media roots; without any set, `media` in the data folder."""
        return self.media_roots or (self.data / "media",)

    @property
    def models_folder(self) -> Path:
        """Where engines find their models; unless set, `models` in the data folder."""
        return (self.models or self.data / "models").absolute()

    @property
    def attempts_at_once(self) -> int:
        """How many attempts a worker runs side by side."""
        return self.slots or max(2, os.cpu_count() or 2)

    @property
    def url(self) -> str:
        """Where users find this server."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "https" if self.tls_cert else "http"
        return f"{scheme}://{host}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The host names that are ours."""
        named = urlsplit(self.public_url).hostname if self.public_url else None
        return frozenset({*LOOPBACK, self.host, *([named] if named else [])})


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives. Raises SettingInvalid."""
    env = os.environ if environment is None else environment

    def text(name: str, default: str = "") -> str:
        return env.get(f"JOBMILL_{name}", default).strip()

    def words(name: str, separator: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in text(name).split(separator) if word.strip())

    def networks(name: str) -> tuple[Network, ...]:
        try:
            return tuple(ipaddress.ip_network(word, strict=False) for word in words(name, ","))
        except ValueError:
            takes = "CIDRs separated by commas, such as 192.168.0.0/24"
            raise SettingInvalid(f"JOBMILL_{name}", text(name), takes) from None

    def whole(name: str, default: int) -> int:
        given = text(name)
        if given and not given.isdecimal():
            raise SettingInvalid(f"JOBMILL_{name}", given, "a whole number")
        return int(given) if given else default

    def issuer() -> str:
        given = text("OIDC_ISSUER")
        takes = "an https address, or one on this machine, together with JOBMILL_OIDC_CLIENT_ID"
        parts = urlsplit(given)
        sound = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if given and not (sound and parts.hostname and text("OIDC_CLIENT_ID")):
            raise SettingInvalid("JOBMILL_OIDC_ISSUER", given, takes)
        return given

    standard = Settings()
    return Settings(
        data=Path(text("DATA", str(standard.data))).expanduser().absolute(),
        host=text("HOST", standard.host),
        port=whole("PORT", standard.port),
        database=text("DATABASE"),
        blobs=text("BLOBS"),
        media_roots=tuple(Path(word).expanduser().absolute() for word in words("MEDIA_ROOTS", ":")),
        fetch_allow=networks("FETCH_ALLOW"),
        engine_allow=words("ENGINE_ALLOW", ","),
        engines=tuple(Path(word).expanduser().absolute() for word in words("ENGINES", ":")),
        gentoo_allow=networks("GENTOO_ALLOW"),
        cors_origins=words("CORS_ORIGINS", ","),
        models=Path(text("MODELS")).expanduser() if text("MODELS") else None,
        public_url=text("PUBLIC_URL"),
        dialect_hosts=_hosts(words("DIALECT_HOSTS", ",")),
        slots=whole("SLOTS", 0),
        blob_cache=whole("BLOB_CACHE", standard.blob_cache),
        pools=words("POOLS", ","),
        max_upload=whole("MAX_UPLOAD", standard.max_upload),
        tls_cert=Path(text("TLS_CERT")).expanduser() if text("TLS_CERT") else None,
        oidc_issuer=issuer(),
        oidc_client_id=text("OIDC_CLIENT_ID"),
        oidc_client_secret=text("OIDC_CLIENT_SECRET"),
        tls_key=Path(text("TLS_KEY")).expanduser() if text("TLS_KEY") else None,
    )


def _hosts(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Dialects with their host names."""
    split = [tuple(part.strip() for part in word.split("=")) for word in words]
    if any(len(pair) != 2 or not all(pair) for pair in split):
        takes = "dialects with their host names, such as superai=api.example.org"
        raise SettingInvalid("JOBMILL_DIALECT_HOSTS", ",".join(words), takes)
    return tuple((dialect, host.lower()) for dialect, host in split)
