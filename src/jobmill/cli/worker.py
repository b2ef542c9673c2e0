"""`jobmill worker`: run engines for a data folder, beside a server started with --no-worker."""

import json
import os
import signal
from typing import TYPE_CHECKING

from jobmill.cli import settings as flags
from jobmill.cli.folder import prepared_folder
from jobmill.cli.output import emit, say
from jobmill.cli.settings import LogFormat, LogLevel
from jobmill.cli.starting import begin_start, end_start

if TYPE_CHECKING:
    from jobmill.config import Settings


def worker(
    data: flags.DataFlag = None,
    slots: flags.Slots = None,
    pools: flags.Pools = None,
    media_roots: flags.MediaRoots = None,
    fetch_allow: flags.FetchAllow = None,
    engines: flags.EngineFolders = None,
    engine_allow: flags.EngineAllow = None,
    public_url: flags.PublicUrl = None,
    models: flags.Models = None,
    blobs: flags.Blobs = None,
    blob_cache: flags.BlobCache = None,
    log_format: flags.LogFormatFlag = LogFormat.CONSOLE,
    log_level: flags.LogLevelFlag = LogLevel.INFO,
) -> None:
    """Run engines for the jobs of a data folder."""
    begin_start()
    import uvloop

    from jobmill.cli.logs import say_goodbye, set_up_logs

    settings = flags.settings_with(
        data=data,
        slots=slots,
        pools=pools,
        media_roots=media_roots,
        fetch_allow=fetch_allow,
        engines=engines,
        engine_allow=engine_allow,
        public_url=public_url,
        models=models,
        blobs=blobs,
        blob_cache=blob_cache,
    )
    set_up_logs(log_format, log_level)
    with prepared_folder(settings):
        uvloop.run(_work(settings, as_json=log_format is LogFormat.JSON))
    say_goodbye(log_format)


async def _work(settings: "Settings", *, as_json: bool) -> None:
    import asyncio
    from functools import partial

    from jobmill.bootstrap import maintaining, open_house, working

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with (
        open_house(settings) as house,
        maintaining(house),
        working(house, partial(served_at, settings)) as plan,
    ):
        end_start()
        if as_json:
            emit({"event": "ready", "worker": plan.name, "slots": plan.slots, "pid": os.getpid()})
        else:
            say(f"{plan.name} works for {settings.data} with {plan.slots} slots. Ctrl-C stops it.")
        await stop.wait()


def served_at(settings: "Settings") -> str:
    """Where the server of the data folder is: as the operator says, or where it runs now."""
    if settings.public_url:
        return settings.url
    try:
        found: str = json.loads((settings.data / "server.json").read_text("utf-8"))["url"]
    except (OSError, ValueError, KeyError):
        return settings.url  # it is not up; whoever is sent there tries again
    return found
