"""What every BlobStore must do, whatever keeps its bytes. Subclass it and give a `store`."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import cast

import pytest

from jobmill.core.errors import AssetPurged, InputMissing, PathNotAllowed, TooLarge
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import BlobStore

OURS = OrganizationNumber(1)
THEIRS = OrganizationNumber(2)
LIMIT = 10_000_000
LONG = bytes(range(251)) * 4000
ABSENT = "0" * 64


async def sent(*chunks: bytes) -> AsyncIterator[bytes]:
    """The chunks, one by one, as a client sends them."""
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


def cut(data: bytes, size: int) -> Iterable[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


async def received(
    store: BlobStore, organization: OrganizationNumber, sha256: str, *span: int | None
) -> bytes:
    """All bytes of a read."""
    start, end = span or (0, None)
    pieces = await store.read(organization, sha256, start or 0, end)
    return b"".join([piece async for piece in pieces])


@pytest.mark.anyio
class BlobStoreConformance:
    """The suite. `store` must be empty at the start of each test."""

    @pytest.mark.parametrize("size", [1, 1000, 64 * 1024, 1024 * 1024])
    async def test_what_was_put_is_read_back(self, store: BlobStore, size: int) -> None:
        stored = await store.put(OURS, sent(*cut(LONG, size if size > 1 else 4001)), LIMIT)
        assert stored.sha256 == hashlib.sha256(LONG).hexdigest()
        assert stored.size == len(LONG)
        assert await received(store, OURS, stored.sha256) == LONG

    async def test_no_bytes_are_a_blob_too(self, store: BlobStore) -> None:
        for chunks in ((), (b"",)):
            stored = await store.put(OURS, sent(*chunks), LIMIT)
            assert (stored.sha256, stored.size) == (hashlib.sha256().hexdigest(), 0)
            assert await received(store, OURS, stored.sha256) == b""

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, 1), (1, 2), (0, None), (5, None), (262_143, 262_145), (1000, 1000), (0, 10**9)],
    )
    async def test_a_range_is_half_open_and_cut_at_the_end(
        self, store: BlobStore, start: int, end: int | None
    ) -> None:
        stored = await store.put(OURS, sent(LONG), LIMIT)
        assert await received(store, OURS, stored.sha256, start, end) == LONG[start:end]

    async def test_a_range_behind_the_end_is_empty(self, store: BlobStore) -> None:
        stored = await store.put(OURS, sent(b"abc"), LIMIT)
        for span in ((3, None), (3, 9), (99, None)):
            assert await received(store, OURS, stored.sha256, *span) == b""

    async def test_a_range_that_is_none_is_a_mistake_of_the_caller(self, store: BlobStore) -> None:
        stored = await store.put(OURS, sent(b"abc"), LIMIT)
        for span in ((-1, None), (2, 1)):
            with pytest.raises(ValueError, match="no range"):
                await received(store, OURS, stored.sha256, *span)

    async def test_pieces_stay_small_enough_to_stream(self, store: BlobStore) -> None:
        stored = await store.put(OURS, sent(LONG), LIMIT)
        pieces = await store.read(OURS, stored.sha256)
        assert max([len(piece) async for piece in pieces]) <= 1024 * 1024

    async def test_a_read_may_be_given_up_at_any_piece(self, store: BlobStore) -> None:
        stored = await store.put(OURS, sent(LONG), LIMIT)
        pieces = cast(AsyncGenerator[bytes, None], await store.read(OURS, stored.sha256))
        async with aclosing(pieces):
            assert await anext(pieces) == LONG[: 256 * 1024]
        await store.delete(OURS, stored.sha256)

    async def test_many_are_deleted_together_but_those_that_are_held(
        self, store: BlobStore
    ) -> None:
        stored = [await store.put(OURS, sent(f"many {n}".encode()), LIMIT) for n in range(5)]
        names = [(OURS, each.sha256) for each in stored]
        async with store.holding():
            held = await store.put(OURS, sent(b"held among many"), LIMIT)
            together = [*names[:4], names[0], (OURS, held.sha256), (OURS, "f" * 64)]
            await asyncio.create_task(store.delete_all(together))
            assert await received(store, OURS, held.sha256) == b"held among many"
        for _, sha256 in names[:4]:
            with pytest.raises(AssetPurged):
                await received(store, OURS, sha256)
        assert await received(store, *names[4]) == b"many 4"
        await store.delete_all([])

    async def test_the_limit_itself_is_allowed_and_one_more_byte_is_not(
        self, store: BlobStore
    ) -> None:
        assert (await store.put(OURS, sent(b"abcd", b"e"), 5)).size == 5
        with pytest.raises(TooLarge):
            await store.put(OURS, sent(b"abcd", b"ef"), 5)
        with pytest.raises(AssetPurged):
            await received(store, OURS, hashlib.sha256(b"abcdef").hexdigest())

    async def test_a_body_is_not_read_far_beyond_the_limit(self, store: BlobStore) -> None:
        asked = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal asked
            while True:
                asked += 1
                yield bytes(1000)

        with pytest.raises(TooLarge):
            await store.put(OURS, endless(), 100_000)
        assert asked <= 102

    async def test_bytes_whose_source_breaks_never_show(self, store: BlobStore) -> None:
        async def breaking() -> AsyncIterator[bytes]:
            yield b"abc"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await store.put(OURS, breaking(), LIMIT)
        with pytest.raises(AssetPurged):
            await received(store, OURS, hashlib.sha256(b"abc").hexdigest())

    async def test_bytes_can_be_read_while_they_are_received(self, store: BlobStore) -> None:
        async with store.receiving(OURS, LIMIT) as receiving:
            with receiving.path.open("rb") as reader:
                for piece in (b"abc", LONG, b"z"):
                    await receiving.write(piece)
                    assert reader.read() == piece
                await receiving.write(b"end")
                stored = await receiving.keep()
                assert reader.read() == b"end"
        whole = b"abc" + LONG + b"zend"
        assert (stored.sha256, stored.size) == (hashlib.sha256(whole).hexdigest(), len(whole))
        assert await received(store, OURS, stored.sha256) == whole

    async def test_bytes_that_are_not_kept_never_show(self, store: BlobStore) -> None:
        async with store.receiving(OURS, 5) as receiving:
            await receiving.write(b"abcde")
            with pytest.raises(TooLarge):
                await receiving.write(b"f")
        assert not receiving.path.exists()
        with pytest.raises(AssetPurged):
            await received(store, OURS, hashlib.sha256(b"abcde").hexdigest())

    async def test_the_same_bytes_may_be_put_twice_and_at_once(self, store: BlobStore) -> None:
        puts = [store.put(OURS, sent(*cut(LONG, 9999)), LIMIT) for _ in range(4)]
        assert len(set(await asyncio.gather(*puts))) == 1
        again = await store.put(OURS, sent(LONG), LIMIT)
        assert await received(store, OURS, again.sha256) == LONG

    async def test_organizations_do_not_see_each_other(self, store: BlobStore) -> None:
        stored = await store.put(OURS, sent(b"ours"), LIMIT)
        with pytest.raises(AssetPurged):
            await received(store, THEIRS, stored.sha256)
        await store.put(THEIRS, sent(b"ours"), LIMIT)
        await store.delete(THEIRS, stored.sha256)
        assert await received(store, OURS, stored.sha256) == b"ours"

    async def test_a_missing_blob_is_told_before_the_first_piece(self, store: BlobStore) -> None:
        with pytest.raises(AssetPurged):
            await store.read(OURS, ABSENT)
        with pytest.raises(AssetPurged):
            async with store.local_path(OURS, ABSENT):
                pytest.fail("there is no such blob")

    async def test_deleting_is_final_and_may_be_repeated(self, store: BlobStore) -> None:
        stored = await store.put(OURS, sent(b"abc"), LIMIT)
        for _ in range(2):
            await store.delete(OURS, stored.sha256)
        with pytest.raises(AssetPurged):
            await store.read(OURS, stored.sha256)
        await store.put(OURS, sent(b"abc"), LIMIT)
        assert await received(store, OURS, stored.sha256) == b"abc"

    async def test_bytes_that_are_held_outlive_a_deletion(
        self, store: BlobStore, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_bytes(b"file")
        async with store.holding():
            stored = await store.put(OURS, sent(b"abc"), LIMIT)
            file = await store.put_file(OURS, tmp_path / "file")
            for held in (stored, file):
                await asyncio.create_task(store.delete(OURS, held.sha256))
            assert await received(store, OURS, stored.sha256) == b"abc"
            assert await received(store, OURS, file.sha256) == b"file"
        for held in (stored, file):
            await store.delete(OURS, held.sha256)
            with pytest.raises(AssetPurged):
                await store.read(OURS, held.sha256)

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "ABC", "g" * 64, "A" * 64])
    async def test_only_a_sha256_names_a_blob(self, store: BlobStore, name: str) -> None:
        with pytest.raises(ValueError, match="SHA-256"):
            await store.read(OURS, name)
        with pytest.raises(ValueError, match="SHA-256"):
            await store.delete(OURS, name)

    async def test_a_local_path_holds_the_bytes(self, store: BlobStore) -> None:
        stored = await store.put(OURS, sent(LONG), LIMIT)
        async with store.local_path(OURS, stored.sha256) as path:
            assert path.read_bytes() == LONG

    async def test_many_local_paths_are_had_at_once(self, store: BlobStore) -> None:
        one = await store.put(OURS, sent(LONG), LIMIT)
        other = await store.put(OURS, sent(b"other"), LIMIT)
        async with store.local_paths(OURS, [other.sha256, one.sha256]) as (first, second):
            assert (first.read_bytes(), second.read_bytes()) == (b"other", LONG)
        with pytest.raises(AssetPurged):
            async with store.local_paths(OURS, [one.sha256, ABSENT]):
                pass

    async def test_a_finished_file_is_taken_in(self, store: BlobStore, tmp_path: Path) -> None:
        for name, data in (("empty", b""), ("long", LONG)):
            (tmp_path / name).write_bytes(data)
            stored = await store.put_file(OURS, tmp_path / name)
            assert (stored.sha256, stored.size) == (hashlib.sha256(data).hexdigest(), len(data))
            assert await received(store, OURS, stored.sha256) == data

    async def test_a_file_with_a_second_name_is_not_shared(
        self, store: BlobStore, tmp_path: Path
    ) -> None:
        (tmp_path / "mine").write_bytes(b"before")
        (tmp_path / "output").hardlink_to(tmp_path / "mine")
        stored = await store.put_file(OURS, tmp_path / "output")
        (tmp_path / "mine").write_bytes(b"after!")
        assert await received(store, OURS, stored.sha256) == b"before"

    async def test_links_folders_and_missing_files_are_not_taken_in(
        self, store: BlobStore, tmp_path: Path
    ) -> None:
        (tmp_path / "target").write_bytes(b"abc")
        (tmp_path / "link").symlink_to("target")
        (tmp_path / "folder").mkdir()
        for name in ("link", "folder"):
            with pytest.raises(PathNotAllowed, match="not a plain file"):
                await store.put_file(OURS, tmp_path / name)
        with pytest.raises(InputMissing):
            await store.put_file(OURS, tmp_path / "missing")
        assert (tmp_path / "target").read_bytes() == b"abc"
