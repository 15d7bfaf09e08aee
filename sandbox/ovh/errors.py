"""OVH's error bodies: the gateway's family, and the application's."""

from __future__ import annotations

from http import HTTPStatus


class OvhError(Exception):
    """An error response."""

    def __init__(self, status: int, body: dict[str, object]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def gateway(status: int, code: str, message: str) -> OvhError:
    http_code = f"{status} {HTTPStatus(status).phrase}"
    return OvhError(status, {"errorCode": code, "httpCode": http_code, "message": message})


def refused(message: str) -> OvhError:
    return OvhError(400, {"class": "Client::BadRequest", "message": message})


def not_found(message: str) -> OvhError:
    return OvhError(404, {"class": "Client::NotFound", "message": message})


def forbidden(message: str = "You are not allowed") -> OvhError:
    return OvhError(403, {"class": "Client::Forbidden", "message": message})


def login_first() -> OvhError:
    return OvhError(401, {"class": "Client::Unauthorized", "message": "You must login first"})
