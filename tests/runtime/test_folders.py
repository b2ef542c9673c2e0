"""Watched folders: every new or changed file starts a job once, whatever happens in between."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from jobmill.bootstrap import open_house
from jobmill.config import Settings
from jobmill.core.accounts import Principal, Right
from jobmill.core.clock import FakeClock
from jobmill.core.errors import JobmillError
from jobmill.core.jobs.service.watches import (
    create_watch,
    delete_watch,
    lying_there,
    pause_watch,
)
from jobmill.core.pipelines import PipelineDefinition
from jobmill.core.pipelines.service import save_pipeline
from jobmill.core.watches import Watch, WatchRule
from jobmill.http.house import House
from jobmill.runtime.folders import FolderWatcher

pytestmark = pytest.mark.anyio
ENGINES = Path(__file__).parents[1] / "api" / "engines"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class World:
    """A house without a worker, a folder, and a watcher that looks when it is told."""

    def __init__(self, house: House, clock: FakeClock, folder: Path) -> None:
        self.house, self.clock, self.folder = house, clock, folder
        self.anew()

    def anew(self) -> None:
        """As after a restart: nothing is remembered but the tables."""
        house = self.house
        self.watcher = FolderWatcher(
            house.database, house.bell, house.outside, house.walk, self.clock
        )

    async def who(self) -> Principal:
        def find(work: Any) -> Principal:
            organization = work.accounts.organization_named("default")
            admin = work.accounts.user_named(organization.number, "admin")
            return Principal(organization.number, admin.number, admin.name, frozenset({Right.ALL}))

        return await self.house.database.read(find)

    async def write(self, service: Callable[..., Any], *words: Any) -> Any:
        who = await self.who()
        return await self.house.database.write(lambda work: service(work, who, *words))

    async def watch(self, **rule: Any) -> Watch:
        who, now = await self.who(), self.clock.now()
        given = WatchRule(**{"path": "in", "pipeline": "nothing", "settle_seconds": 5, **rule})
        outside = self.house.outside
        lying = lying_there(outside, self.house.walk, who, given)
        return await self.house.database.write(
            lambda work: create_watch(work, outside, who, given, lying, now)
        )

    async def look(self, *pauses: float) -> None:
        """A look, then one after each of these seconds."""
        await self.watcher.look()
        for seconds in pauses:
            self.clock.advance(seconds=seconds)
            await self.watcher.look()

    async def inputs(self) -> list[str]:
        """What jobs were made of, oldest first."""
        who = await self.who()
        found = await self.house.database.read(
            lambda work: work.jobs.summaries(who.organization, [], None, 100)
        )
        return [job.input["path"] for job in reversed(found)]

    async def error(self, watch: Watch) -> str | None:
        found = await self.house.database.read(
            lambda work: work.watches.by_id(watch.organization, watch.id)
        )
        return found.error if found else None


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    folder = tmp_path / "media" / "in"
    folder.mkdir(parents=True)
    clock = FakeClock()
    settings = Settings(
        data=tmp_path / "data", media_roots=(tmp_path / "media",), engines=(ENGINES,)
    )
    async with open_house(settings, clock) as house:
        made = World(house, clock, folder)
        who, now = await made.who(), clock.now()
        definition = PipelineDefinition(tasks=({"name": "a", "engine": "noop"},))
        await house.database.write(
            lambda work: save_pipeline(
                work.pipelines, house.outside.catalog, who, "nothing", definition, now, create=True
            )
        )
        yield made


async def test_a_file_starts_a_job_when_it_has_settled(world: World) -> None:
    await world.watch()
    (world.folder / "a.mp4").write_bytes(b"1")
    await world.look(3)
    (world.folder / "a.mp4").write_bytes(b"12")
    await world.look(3, 1.9)
    assert await world.inputs() == []
    await world.look(0.2, 100)
    assert await world.inputs() == ["in/a.mp4"]


async def test_a_changed_file_starts_another_and_an_unchanged_one_none(world: World) -> None:
    await world.watch()
    file = world.folder / "a"
    file.write_bytes(b"1")
    os.utime(file, ns=(1, 1_000_000_000))
    await world.look(6)
    file.unlink()
    await world.look(6)
    file.write_bytes(b"2")
    os.utime(file, ns=(1, 1_000_000_000))
    await world.look(6, 6)
    assert await world.inputs() == ["in/a"], "the same size and time"
    file.write_bytes(b"22")
    await world.look(6, 6)
    assert await world.inputs() == ["in/a", "in/a"]


async def test_what_was_started_is_not_started_again_after_a_restart(world: World) -> None:
    await world.watch()
    (world.folder / "a").write_bytes(b"1")
    await world.look(6)
    world.anew()
    (world.folder / "b").write_bytes(b"1")
    await world.look(6, 6)
    assert await world.inputs() == ["in/a", "in/b"]


async def test_two_watchers_start_a_file_once(world: World) -> None:
    await world.watch()
    first = world.watcher
    world.anew()
    await world.look()
    (world.folder / "a").write_bytes(b"1")
    await first.look()
    await world.look(6)
    await first.look()
    assert await world.inputs() == ["in/a"]


@pytest.mark.parametrize("existing", [False, True])
async def test_what_lay_there_before_counts_if_that_was_asked_for(
    world: World, existing: bool
) -> None:
    (world.folder / "old").write_bytes(b"1")
    await world.watch(existing=existing)
    await world.look(6, 6)
    assert await world.inputs() == (["in/old"] if existing else [])
    (world.folder / "old").write_bytes(b"changed")
    await world.look(6)
    assert (await world.inputs())[-1:] == ["in/old"]


async def test_what_comes_before_the_first_look_is_new(world: World) -> None:
    (world.folder / "old").write_bytes(b"1")
    paused = await world.watch()
    await world.write(pause_watch, paused.id, True)
    (world.folder / "new").write_bytes(b"1")
    await world.write(pause_watch, paused.id, False)
    await world.look(6)
    assert await world.inputs() == ["in/new"]


async def test_only_visible_plain_files_that_fit_are_seen(world: World, tmp_path: Path) -> None:
    await world.watch(pattern="*.mp4")
    await world.look()
    inside = world.folder / "deep" / "er"
    inside.mkdir(parents=True)
    (tmp_path / "outside.mp4").write_bytes(b"1")
    (world.folder / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    (world.folder / "loop").symlink_to(world.folder)
    for name in ("yes.mp4", ".hidden.mp4", "no.txt", "deep/er/also.mp4"):
        (world.folder / name).write_bytes(b"1")
    await world.look(6)
    assert sorted(await world.inputs()) == ["in/deep/er/also.mp4", "in/yes.mp4"]


async def test_a_pause_holds_files_back_and_an_end_forgets_them(world: World) -> None:
    watch = await world.watch(recursive=False)
    await world.look()
    await world.write(pause_watch, watch.id, True)
    (world.folder / "a").write_bytes(b"1")
    await world.look(6)
    assert await world.inputs() == []
    await world.write(pause_watch, watch.id, False)
    await world.look(6)
    assert await world.inputs() == ["in/a"]
    await world.write(delete_watch, watch.id)
    (world.folder / "b").write_bytes(b"1")
    await world.look(6)
    assert await world.inputs() == ["in/a"]


async def test_what_cannot_be_started_is_told_and_started_later(world: World) -> None:
    who = await world.who()
    watch = await world.watch()
    await world.look()
    definition = await world.house.database.write(
        lambda work: work.pipelines.get(who.organization, "nothing")
    )
    await world.house.database.write(
        lambda work: work.pipelines.remove(who.organization, "nothing")
    )
    (world.folder / "a").write_bytes(b"1")
    await world.look(6)
    assert "nothing" in (await world.error(watch) or "")
    await world.house.database.write(
        lambda work: work.pipelines.add(
            who.organization, "nothing", "", definition.definition, {}, world.clock.now()
        )
    )
    await world.look(11)
    assert await world.inputs() == ["in/a"]
    await world.look()
    assert await world.error(watch) is None


async def test_a_folder_that_is_gone_is_told_and_looked_at_again(world: World) -> None:
    watch = await world.watch()
    await world.look()
    away = world.folder.rename(world.folder.with_name("away"))
    await world.look()
    assert await world.error(watch)
    away.rename(world.folder)
    (world.folder / "a").write_bytes(b"1")
    await world.look(6)
    assert await world.error(watch) is None
    assert await world.inputs() == ["in/a"]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"path": "../etc"}, "path"),
        ({"path": "nowhere"}, "path"),
        ({"pipeline": "none such"}, "pipeline"),
        ({"pipeline": None}, "pipeline"),
        ({"settle_seconds": 0}, "settle_seconds"),
        ({"pattern": ""}, "pattern"),
    ],
)
async def test_a_rule_that_cannot_work_is_refused(
    world: World, rule: dict[str, Any], field: str
) -> None:
    with pytest.raises(JobmillError) as refusal:
        await world.watch(**rule)
    assert refusal.value.field == field
    assert "no file" not in refusal.value.message
