"""Log-in at the company's own identity provider: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.texts.marks import recorded

# Seconds for one question to the provider, of which a log-in asks four.
WITHIN = 5.0

# What a provider may sign with; never `none`, and never a secret that both sides know.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]

# Seconds that the clocks of two machines may differ by.
LEEWAY = 60


NOT_CONFIRMED = recorded("the log-in was not confirmed ({})")


class LoginFailed(Exception):
    """The provider did not say, so that we can believe it, who this is; the message is for people."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider and our registration there.

    https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str

    async def begin(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises LoginFailed."""
        known = await self._known()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                known["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    async def email(self, code: str, *, nonce: str, verifier: str) -> str:
        """The verified address of who logged in. Raises LoginFailed."""
        known = await self._known()
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    known["token_endpoint"],
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                )
            keys = KeySet.import_key_set(await _json(known["jwks_uri"]))
            signed = jwt.decode(str(token["id_token"]), keys, algorithms=ALGORITHMS)
            self._claims(nonce).validate(signed.claims)
        except (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, TypeError, ValueError) as refused:
            raise LoginFailed(NOT_CONFIRMED.format(type(refused).__name__)) from refused
        return self._address(signed.claims)

    def _claims(self, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )

    def _address(self, claims: Mapping[str, Any]) -> str:
        """A token for us alone, and an address that the provider has verified."""
        if claims.get("aud") not in (self.client_id, [self.client_id]):
            raise LoginFailed(recorded("the log-in was made for another application"))
        email = claims.get("email")
        if claims.get("email_verified") is not True or not isinstance(email, str) or not email:
            raise LoginFailed(recorded("the identity provider does not vouch for an e-mail address"))
        return email

    async def _known(self) -> Mapping[str, str]:
        """https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig"""
        try:
            known = await _json(f"{self.issuer}/.well-known/openid-configuration")
        except (httpx.HTTPError, ValueError) as away:
            raise LoginFailed(recorded("the identity provider cannot be reached now")) from away
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        good = isinstance(known, dict) and all(isinstance(known.get(one), str) for one in needed)
        if not good or known.get("issuer") != self.issuer:
            raise LoginFailed(recorded("the identity provider is not the one that is configured"))
        return {name: str(known[name]) for name in needed}

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.client_id,
            self.client_secret,
            scope="openid email",
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=WITHIN,
        )


async def _json(url: str) -> Any:
    async with httpx.AsyncClient(timeout=WITHIN, follow_redirects=False) as client:
        answer = await client.get(url)
        found = answer.raise_for_status().json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
