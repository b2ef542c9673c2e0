"""Endpoints and deliveries, made only when one of them is asked for: most units need neither."""

from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.deliveries import SqlDeliveryStore
from jobmill.adapters.sql.endpoints import SqlEndpointStore


class SqlWebhookStore:
    """The `WebhookStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._endpoints: SqlEndpointStore | None = None
        self._deliveries: SqlDeliveryStore | None = None

    @property
    def endpoints(self) -> SqlEndpointStore:
        if self._endpoints is None:
            self._endpoints = SqlEndpointStore(self._db)
        return self._endpoints

    @property
    def deliveries(self) -> SqlDeliveryStore:
        if self._deliveries is None:
            self._deliveries = SqlDeliveryStore(self._db, self.endpoints)
        return self._deliveries
