"""The native REST API at /api/v1, described by OpenAPI 3.1."""

from jobmill.api.mount import mount_api
from jobmill.api.schemas.jobs import PREFIX

__all__ = ["PREFIX", "mount_api"]
