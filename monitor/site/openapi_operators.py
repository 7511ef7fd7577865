"""The addresses for operators and mail systems, as the OpenAPI document has them; kept by hand."""

from __future__ import annotations

from typing import Any, Final


def json_answer(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    """An answer in JSON of a schema."""
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def error_answer(about: str) -> dict[str, Any]:
    """A refusal, in the one shape that all have."""
    return json_answer(about, {"$ref": "#/components/schemas/Error"})


_TEXT = {"type": "string"}
_REASON = {
    "type": "object",
    "required": ["code", "zh", "en"],
    "properties": {"code": _TEXT, "zh": _TEXT, "en": _TEXT},
}
_HEALTH = {
    "type": "object",
    "required": ["status", "reasons"],
    "properties": {
        "status": {"enum": ["ok", "degraded"]},
        "reasons": {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}},
    },
}
_READY = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"enum": ["ready", "starting"]}},
}
_BOUNCE = {
    "type": "object",
    "required": ["message_id", "status"],
    "additionalProperties": False,
    "properties": {
        "message_id": {
            "type": "string",
            "description": "the letter's Message-ID, angle brackets and all",
        },
        "status": {
            "type": "string",
            "pattern": "^[45]\\.[0-9]{1,3}\\.[0-9]{1,3}$",
            "description": "RFC 3463; class 4 tells of a delay and changes no state",
        },
        "detail": {"type": "string", "maxLength": 2000, "description": "neither read nor kept"},
    },
}
_RECORDED = {
    "type": "object",
    "required": ["delivery", "state", "is_new"],
    "properties": {"delivery": _TEXT, "state": _TEXT, "is_new": {"type": "boolean"}},
}

PATHS: Final[dict[str, Any]] = {
    "/healthz": {
        "get": {
            "summary": "Whether the service is well",
            "responses": {
                "200": json_answer("It is.", {"$ref": "#/components/schemas/Health"}),
                "503": json_answer("It is not; why.", {"$ref": "#/components/schemas/Health"}),
            },
        }
    },
    "/readyz": {
        "get": {
            "summary": "Whether the clock has made its first tick",
            "responses": {
                "200": json_answer("It has.", {"$ref": "#/components/schemas/Ready"}),
                "503": json_answer("Not yet.", {"$ref": "#/components/schemas/Ready"}),
            },
        }
    },
    "/metrics": {
        "get": {
            "summary": "Figures for Prometheus: on this machine, or with service.token",
            "security": [{}, {"token": []}],
            "responses": {
                "200": {
                    "description": "The text format of Prometheus.",
                    "content": {"text/plain": {"schema": _TEXT}},
                },
                "401": error_answer("Neither from this machine nor with service.token."),
            },
        }
    },
    "/api/openapi.json": {
        "get": {
            "summary": "This document",
            "responses": {"200": json_answer("OpenAPI 3.1.", {"type": "object"})},
        }
    },
    "/api/bounces": {
        "post": {
            "summary": "Tell that a letter came back",
            "security": [{"token": []}],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Bounce"}}
                },
            },
            "responses": {
                "200": json_answer("Noted, or known already.", _RECORDED),
                "400": error_answer("Not JSON, or cut off."),
                "401": error_answer("The token is missing or wrong."),
                "403": error_answer("No token is set: nobody may."),
                "404": error_answer("No letter of this Message-ID was sent from here."),
                "408": error_answer("The body did not arrive in time."),
                "413": error_answer("The body is larger than 64 kB."),
                "415": error_answer("Without the header Content-Type: application/json."),
                "422": error_answer("A field is missing, unknown or wrong."),
                "503": error_answer("The store is busy; tell it again."),
            },
        }
    },
}

SCHEMAS: Final[dict[str, Any]] = {
    "Reason": _REASON,
    "Error": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"$ref": "#/components/schemas/Reason"}},
    },
    "Health": _HEALTH,
    "Ready": _READY,
    "Bounce": _BOUNCE,
}
