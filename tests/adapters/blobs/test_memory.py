"""The store that other tests use keeps to the same suite as the real ones."""

import pytest

from jobmill.core.items import BlobStore
from tests.adapters.blobs.conformance import BlobStoreConformance
from tests.adapters.blobs.memory import MemoryBlobStore


class TestMemoryBlobStore(BlobStoreConformance):
    @pytest.fixture
    def store(self) -> BlobStore:
        return MemoryBlobStore()
