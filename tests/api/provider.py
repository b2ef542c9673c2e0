"""A small OpenID Connect provider on loopback, with keys of its own and real signatures.

It signs in whoever asks. `lie` changes what it says, so that every check has something to refuse.
"""

import base64
import contextlib
import hashlib
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "jobmill client", "s%cret"
Lie = Callable[[dict[str, Any]], None]


@dataclass
class Provider:
    """What it will say, and what it was asked."""

    url: str
    now: Callable[[], float]
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    user: dict[str, Any] = field(default_factory=dict)
    lie: Lie = lambda claims: None
    sign: Callable[["Provider", dict[str, Any]], str] = lambda self, claims: self.signed(claims)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """`alg: none`, as a forger would have it."""
        parts = ({"alg": "none"}, claims)
        return ".".join(_base64(repr_json(part)) for part in parts) + "."

    def by_shared_secret(self, claims: dict[str, Any]) -> str:
        """Signed with the public key as if it were a secret."""
        public = self.key.as_pem(private=False)
        header = {"alg": "HS256", "kid": self.key.kid}
        body = f"{_base64(repr_json(header))}.{_base64(repr_json(claims))}"
        import hmac

        mac = hmac.new(public, body.encode(), hashlib.sha256).digest()
        return f"{body}.{_base64(mac)}"

    def other_secret(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 8))

    async def discovery(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize?tenant=1",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                **self.about,
            }
        )

    async def keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}")

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.pop(str(form["code"]), None)
        known = base64.b64encode(b"jobmill+client:s%25cret").decode()
        challenge = _base64(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {known}"
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.now())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "subject 1",
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.user,
        }
        self.lie(claims)
        return JSONResponse({"id_token": self.sign(self, claims), "access_token": "x"})


def repr_json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@contextlib.contextmanager
def provider(now: Callable[[], float]) -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        made = Provider(f"http://127.0.0.1:{door.getsockname()[1]}", now)
        app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", made.discovery),
                Route("/keys", made.keys),
                Route("/authorize", made.authorize),
                Route("/token", made.token, methods=["POST"]),
            ]
        )
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield made
        finally:
            server.should_exit = True
            thread.join(30)
