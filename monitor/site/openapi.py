"""What the web front offers, as an OpenAPI document; kept by hand and compared with the routes."""

from __future__ import annotations

from typing import Any

from monitor import __version__


def _json(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _error(about: str) -> dict[str, Any]:
    return _json(about, {"$ref": "#/components/schemas/Error"})


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

OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "fleetmon",
        "version": __version__,
        "description": "Health, metrics and returned letters of one installation.",
    },
    "paths": {
        "/healthz": {
            "get": {
                "summary": "Whether the service is well",
                "responses": {
                    "200": _json("It is.", {"$ref": "#/components/schemas/Health"}),
                    "503": _json("It is not; why.", {"$ref": "#/components/schemas/Health"}),
                },
            }
        },
        "/readyz": {
            "get": {
                "summary": "Whether the clock has made its first tick",
                "responses": {
                    "200": _json("It has.", {"$ref": "#/components/schemas/Ready"}),
                    "503": _json("Not yet.", {"$ref": "#/components/schemas/Ready"}),
                },
            }
        },
        "/metrics": {
            "get": {
                "summary": "Figures for Prometheus",
                "responses": {
                    "200": {
                        "description": "The text format of Prometheus.",
                        "content": {"text/plain": {"schema": _TEXT}},
                    }
                },
            }
        },
        "/api/openapi.json": {
            "get": {
                "summary": "This document",
                "responses": {"200": _json("OpenAPI 3.1.", {"type": "object"})},
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
                    "200": _json("Noted, or known already.", _RECORDED),
                    "400": _error("Not JSON, or cut off."),
                    "401": _error("The token is missing or wrong."),
                    "403": _error("No token is set: nobody may."),
                    "404": _error("No letter of this Message-ID was sent from here."),
                    "408": _error("The body did not arrive in time."),
                    "413": _error("The body is larger than 64 kB."),
                    "415": _error("Without the header Content-Type: application/json."),
                    "422": _error("A field is missing, unknown or wrong."),
                    "503": _error("The store is busy; tell it again."),
                },
            }
        },
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Reason": _REASON,
            "Error": {
                "type": "object",
                "required": ["error"],
                "properties": {"error": {"$ref": "#/components/schemas/Reason"}},
            },
            "Health": _HEALTH,
            "Ready": _READY,
            "Bounce": _BOUNCE,
        },
    },
}
