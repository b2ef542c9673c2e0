"""What every AssetStore and ItemStore must do, with the counts of blobs."""

from datetime import timedelta

from jobmill.core.ids import AssetId, AssetNumber, ItemNumber, new_id
from jobmill.core.items import Asset, AssetSource, AssetState, Blob, ItemKind
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.ports import UnitOfWork
from tests.adapters.stores.seeds import add_job, owner, stranger
from tests.core.graphs import NOW

ONE, TWO = Blob("1" * 64, 11), Blob("2" * 64, 22)


def upload(work: UnitOfWork, blob: Blob | None, *, foreign: bool = False) -> Asset:
    organization, _ = stranger(work) if foreign else owner(work)
    state = AssetState.READY if blob else AssetState.AWAITING
    return work.assets.add(
        organization, "a.mp4", "video/mp4", AssetSource.UPLOAD, state, NOW, blob=blob
    )


class AssetStoreConformance:
    """The suite."""

    def test_an_asset_is_read_back_within_its_organization(self, work: UnitOfWork) -> None:
        made = upload(work, ONE)
        assert work.assets.get(made.number) == made
        assert work.assets.by_id(made.organization, made.id) == made
        assert work.assets.by_id(stranger(work)[0], made.id) is None
        assert work.assets.by_id(made.organization, AssetId(new_id())) is None
        assert work.assets.get(AssetNumber(10**9)) is None

    def test_an_asset_may_await_its_bytes(self, work: UnitOfWork) -> None:
        organization, _ = owner(work)
        made = work.assets.add(
            organization,
            "n",
            "x/y",
            AssetSource.URL,
            AssetState.AWAITING,
            NOW,
            location="http://h/x",
        )
        assert made.blob is None
        work.assets.attach_blob(made.number, ONE, "video/mp4")
        found = work.assets.get(made.number)
        assert found
        assert (found.state, found.blob, found.media_type) == (AssetState.READY, ONE, "video/mp4")
        assert found.location == "http://h/x"

    def test_the_first_bytes_to_arrive_stay(self, work: UnitOfWork) -> None:
        made = upload(work, None)
        work.assets.attach_blob(made.number, ONE, None)
        work.assets.attach_blob(made.number, TWO, "other/type")
        found = work.assets.get(made.number)
        assert found
        assert (found.blob, found.media_type) == (ONE, "video/mp4")
        assert work.assets.remove(made.number) == ONE, "one use was counted, and not of the second"

    def test_bytes_are_free_when_their_last_use_goes(self, work: UnitOfWork) -> None:
        first, second = upload(work, ONE), upload(work, ONE)
        assert work.assets.remove(first.number) is None
        assert work.assets.remove(second.number) == ONE
        assert work.assets.remove(second.number) is None, "it is gone already"
        assert work.assets.remove(upload(work, ONE).number) == ONE, "counted from anew"

    def test_assets_whose_time_is_over_are_found_the_longest_first(self, work: UnitOfWork) -> None:
        assert work.assets.next_end() is None
        stays, later, sooner = (upload(work, ONE) for _ in range(3))
        work.assets.retain(later.handle, NOW + timedelta(hours=2))
        work.assets.retain(sooner.handle, NOW + timedelta(hours=1))
        known = work.assets.get(sooner.number)
        assert known is not None
        newer = work.assets.add_version(known, "b", "x/y", NOW, TWO)
        assert newer.retain_until == NOW + timedelta(hours=1)
        assert work.assets.next_end() == NOW + timedelta(hours=1)
        assert work.assets.over(NOW, 10) == []
        over = work.assets.over(NOW + timedelta(hours=2), 10)
        assert [each.number for each in over] == [newer.number, later.number], "current ones alone"
        assert [each.number for each in work.assets.over(NOW + timedelta(hours=2), 1)] == [
            newer.number
        ]
        for each in (later, sooner):
            work.assets.retain(each.handle, None)
        assert work.assets.next_end() is None
        assert work.assets.get(stays.number) == stays

    def test_the_same_bytes_of_two_organizations_are_two_blobs(self, work: UnitOfWork) -> None:
        ours, theirs = upload(work, ONE), upload(work, ONE, foreign=True)
        assert work.assets.remove(ours.number) == ONE
        assert work.assets.remove(theirs.number) == ONE

    def test_it_is_known_which_blobs_nothing_uses(self, work: UnitOfWork) -> None:
        ours, theirs = upload(work, ONE), upload(work, TWO, foreign=True)
        assert work.assets.unused(ours.organization, [ONE, TWO]) == [TWO]
        assert work.assets.unused(theirs.organization, [ONE, TWO]) == [ONE]
        assert work.assets.unused(ours.organization, []) == []

    def test_a_part_and_an_asset_of_the_same_bytes_share_them(self, work: UnitOfWork) -> None:
        asset, graph = upload(work, ONE), add_job(work)
        part = Part("out", 0, ONE.sha256, ONE.size, "video/mp4")
        work.parts.add(graph.tasks[0].number, 1, [part], asset.organization)
        assert work.assets.remove(asset.number) is None
        assert work.jobs.remove(graph.job.number) == [ONE]

    def test_an_asset_stays_while_a_job_works_on_it(self, work: UnitOfWork) -> None:
        asset = upload(work, ONE)
        first = add_job(work, asset=asset.number)
        second = add_job(work, asset=asset.number)
        work.jobs.remove(first.job.number)
        assert work.assets.remove(asset.number) is None
        assert work.assets.get(asset.number) == asset
        work.jobs.remove(second.job.number)
        assert work.assets.remove(asset.number) == ONE


class ItemStoreConformance:
    """The suite."""

    def test_items_are_listed_newest_first_page_by_page(self, work: UnitOfWork) -> None:
        organization, _ = owner(work)
        asset = upload(work, ONE)
        made = [
            work.items.add(
                organization,
                ItemKind.RECORDING,
                f"r{i}",
                NOW,
                {"source": asset.number},
                {"v": {"n": i}},
            )
            for i in range(3)
        ]
        assert work.items.get(made[0].number) == made[0]
        assert work.items.get(ItemNumber(10**9)) is None
        page = work.items.list(organization, ItemKind.RECORDING, None, 2)
        assert page == [made[2], made[1]]
        rest = work.items.list(organization, ItemKind.RECORDING, page[-1].number, 2)
        assert rest == [made[0]]
        assert work.items.list(stranger(work)[0], ItemKind.RECORDING, None, 2) == []

    def test_an_item_goes_alone_and_not_before_its_job(self, work: UnitOfWork) -> None:
        organization, _ = owner(work)
        asset = upload(work, ONE)
        item = work.items.add(
            organization, ItemKind.RECORDING, "r", NOW, {"source": asset.number}, {}
        )
        graph = add_job(work, item=item.number)
        work.items.remove(item.number)
        assert work.items.get(item.number) == item
        work.jobs.remove(graph.job.number)
        work.items.remove(item.number)
        assert work.items.get(item.number) is None
        assert work.assets.get(asset.number) == asset
