"""A small identity provider on loopback: real codes, real PKCE, real signatures; and it can be bent."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "approvals", "a-client-secret"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}) for _ in range(2))


@dataclass
class IdentityProvider:
    """Everybody who comes is `email`; `bent` changes the claims of the next tokens."""

    email: str = "ana@example.com"
    bent: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    named: str | None = None  # another issuer in the discovery document
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.discovery)
        app.router.add_get("/authorize", self.authorize)
        app.router.add_post("/token", self.token)
        app.router.add_get("/keys", self.keys)
        self.server = TestServer(app)

    @property
    def issuer(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def discovery(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.named or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, request: web.Request) -> web.Response:
        return web.json_response(KeySet([KEY]).as_dict(private=False))

    async def authorize(self, request: web.Request) -> web.Response:
        """Somebody logs in; straight back with a code."""
        asked = dict(request.query)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert (asked["scope"], asked["code_challenge_method"]) == ("openid email", "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        raise web.HTTPFound(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    async def token(self, request: web.Request) -> web.Response:
        given = await request.post()
        asked = self.codes.pop(str(given.get("code")), None)
        hashed = hashlib.sha256(str(given.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = request.headers.get("Authorization") == f"Basic {login}"
        if asked is None or not known or challenge != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response(
            {"access_token": "t", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])}
        )

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "someone",
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "email": self.email,
            "email_verified": True,
        }
        claims = {name: value for name, value in (claims | self.bent).items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)
