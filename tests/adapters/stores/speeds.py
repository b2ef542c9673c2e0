"""What a store of learnt speeds must do."""

import pytest

from jobmill.core.ids import AssetNumber
from jobmill.core.items import AssetSource, AssetState, Blob
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.speeds import Observation, SpeedKey
from tests.adapters.stores.seeds import owner
from tests.core.graphs import NOW

SCAN = SpeedKey.of("scan", ("B", "A"))


class SpeedStoreConformance:
    """The suite."""

    def test_what_was_learnt_is_found_by_engine_features_and_unit(self, work: UnitOfWork) -> None:
        work.speeds.learn([Observation(SCAN, "s", 60, 6), Observation(SCAN, "bytes", 1000, 6)])
        work.speeds.learn([Observation(SpeedKey.of("scan", ()), "s", 60, 60)])
        found = work.speeds.of([SpeedKey("scan", "A,B"), SpeedKey.of("scan", ("A",))])
        assert set(found) == {SCAN}
        assert set(found[SCAN]) == {"s", "bytes"}
        assert found[SCAN]["s"].seconds_for(120) == pytest.approx(12)
        assert work.speeds.of([]) == {}

    def test_sizes_and_times_come_to_a_start_cost_and_a_speed(self, work: UnitOfWork) -> None:
        for units in (10, 100, 50):
            work.speeds.learn([Observation(SCAN, "s", units, 3 + units / 10)])
        speed = work.speeds.of([SCAN])[SCAN]["s"]
        assert speed.start_seconds == pytest.approx(3)
        assert speed.unit_seconds == pytest.approx(0.1)

    def test_later_runs_count_more(self, work: UnitOfWork) -> None:
        for seconds in [10.0] * 10 + [20.0] * 10:
            work.speeds.learn([Observation(SCAN, "s", 100, seconds)])
        assert work.speeds.of([SCAN])[SCAN]["s"].seconds_for(100) == pytest.approx(20, rel=0.1)

    def test_sizes_are_known_of_assets_with_bytes(self, work: UnitOfWork) -> None:
        organization, _ = owner(work)
        numbers: list[AssetNumber] = []
        for blob in (Blob("0" * 64, 5), None):
            asset = work.assets.add(
                organization, "a", "x/y", AssetSource.UPLOAD, AssetState.READY, NOW, blob=blob
            )
            numbers.append(asset.number)
        assert work.speeds.sizes(numbers) == {numbers[0]: 5}
