"""Which key goes to which endpoint: a key belongs to one, and goes nowhere else. Opens no connection."""

from __future__ import annotations

from collections.abc import Mapping

from upverdict.core import endpoints
from upverdict.core.config import Config
from upverdict.core.endpoints import BASE_URL, TOKEN, EndpointError, key_headers
from upverdict.core.named import NamedEndpoint


class Keys:
    """The keys of the environment. `gateways` is that of the server which `ANTHROPIC_BASE_URL` names."""

    def __init__(self, config: Config, env: Mapping[str, str]) -> None:
        self._config = config
        self._env = env
        self._base = env.get(BASE_URL, "").strip()
        self.gateways = env.get(TOKEN, "").strip()

    def of(self, entry: NamedEndpoint) -> str:
        """The key of a named endpoint, empty where it has none."""
        url = endpoints.stripped(entry.url)
        gateway = bool(self._base) and endpoints.same_server(url, self._base)
        claude = endpoints.is_claude(url)
        if not entry.key_env:
            if claude and not endpoints.has_claude_credential(self._env):
                raise EndpointError(f"There is no key for {entry.name}: set ANTHROPIC_API_KEY, or name its key_env.")
            return self.gateways if gateway and not claude else ""
        if entry.key_env == TOKEN and not (gateway or (claude and not self._base)):
            raise EndpointError(f"{TOKEN} is the key of the server in {BASE_URL}, not that of {entry.name}.")
        key = self._env.get(entry.key_env, "").strip()
        if not key:
            raise EndpointError(f"There is no key for {entry.name}: {entry.key_env} is not set.")
        if not (key.isascii() and key.isprintable()):
            raise EndpointError(f"The key in {entry.key_env} has characters that no key has. Set it again.")
        return key

    def headers(self, url: str) -> Mapping[str, str]:
        """The key of a named endpoint, or of the environment's, for its own address, in the header that it wants."""
        for entry in self._config.endpoints:
            if endpoints.same_server(entry.url, url):
                try:
                    key = self.of(entry)
                except EndpointError:
                    return {}  # its line says so
                return key_headers(key, entry.key_header)
        own = self._base and endpoints.same_server(self._base, url) and not endpoints.is_claude(url)
        return key_headers(self.gateways if own else "", "authorization")
