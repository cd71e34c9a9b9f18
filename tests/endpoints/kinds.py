"""Scripted servers that look like each kind of local one: their own answers, around the same Messages API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.council import council
from tests.scripted import Reply, ScriptedEndpoint, ScriptLike, json_reply

MODELS = "GET /v1/models"
LOST = json_reply({"detail": "Not Found"}, 404)


def listed(*models: str | Mapping[str, Any], owner: str = "", **more: Any) -> Reply:
    """A list of models as OpenAI has it."""
    data = [({"id": m, "object": "model"} if isinstance(m, str) else dict(m)) | {"owned_by": owner} for m in models]
    return json_reply({"object": "list", "data": data, **more})


def server(routes: Mapping[str, Reply], script: ScriptLike | None = None, **options: Any) -> ScriptedEndpoint:
    return ScriptedEndpoint(script or council(), routes=routes, **options)


def llamacpp(model: str = "smol", *, n_ctx: int = 32768, n_params: int = 8_000_000_000, **options: Any) -> Any:
    meta = {"n_ctx": n_ctx, "n_params": n_params}
    one = {"id": model, "object": "model", "meta": meta}
    return server({MODELS: listed(one, owner="llamacpp")}, headers={"Server": "llama.cpp"}, **options)


def ollama(*models: str, sizes: Mapping[str, str] | None = None, **options: Any) -> ScriptedEndpoint:
    tags = [{"name": name, "details": {"parameter_size": size}} for name, size in (sizes or {}).items()]
    routes = {
        MODELS: listed(*models, owner="library") if models else json_reply({"object": "list", "data": None}),
        "GET /api/version": json_reply({"version": "0.14.2"}),
        "GET /api/tags": json_reply({"models": tags}),
    }
    return server(routes, **options)


def lmstudio(*models: str, **options: Any) -> ScriptedEndpoint:
    routes = {
        MODELS: listed(*models, owner="organization_owner"),
        "GET /lmstudio-greeting": json_reply({"lmstudio": True}),
    }
    return server(routes, **options)


def vllm(model: str, window: int = 16384, **options: Any) -> ScriptedEndpoint:
    one = {"id": model, "object": "model", "max_model_len": window}
    return server({MODELS: listed(one, owner="vllm"), "GET /version": json_reply({"version": "0.12.0"})}, **options)


def litellm(*models: str | Mapping[str, Any], key: str = "", **options: Any) -> ScriptedEndpoint:
    """With a key, only those who bring it get a list."""
    routes = {"GET /health/liveliness": json_reply("I'm alive!")}
    if key:
        return server(routes, models=models, api_key=key, **options)
    return server({MODELS: listed(*models, owner="openai"), **routes}, **options)


def unsaid(*models: str, **options: Any) -> ScriptedEndpoint:
    """One that speaks the Messages API and does not say what it is."""
    return server({}, models=models or ("mystery",), **options)
