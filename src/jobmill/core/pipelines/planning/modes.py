"""What a task is: whole, stream or chunk, from its routes and from what its engine offers."""

from collections.abc import Collection, Sequence

from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines.planning.plan import Mode, PlannedRoute


def mode_of(routes: Sequence[PlannedRoute], offered: Collection[str], where: str) -> Mode:
    """The mode of a task that these routes lead into. Raises GraphInvalid, naming `where`."""
    if not routes:
        return Mode.STREAM if Mode.STREAM in offered else Mode.WHOLE
    kinds = {route.mode for route in routes}
    if kinds == {Mode.CHUNK} and Mode.CHUNK in offered:
        mode = Mode.CHUNK if len(routes) == 1 else _whole(offered, where)
    elif kinds == {Mode.STREAM} and Mode.STREAM in offered:
        mode = Mode.STREAM
    elif Mode.WHOLE in offered:
        mode = Mode.WHOLE
    elif Mode.STREAM in offered:
        mode = Mode.STREAM
    else:
        raise GraphInvalid(
            f"{where}: its engine works on chunks only, and a stream leads into it; put a chunker "
            "between.",
            field=where,
        )
    if mode is not Mode.WHOLE:
        _check_ports(routes, mode, where)
    return mode


def _whole(offered: Collection[str], where: str) -> Mode:
    """Of several routes of chunks no part belongs to another: all of them, or none."""
    if Mode.WHOLE not in offered:
        raise GraphInvalid(
            f"{where}: its engine works on chunks only, and these come by one route; give each "
            "route a task of its own.",
            field=where,
        )
    return Mode.WHOLE


def _check_ports(routes: Sequence[PlannedRoute], mode: Mode, where: str) -> None:
    ports = [route.target_port for route in routes]
    for port in ports:
        if ports.count(port) > 1:
            raise GraphInvalid(
                f"{where}: several routes lead into the port {port!r}; a {mode} task reads one "
                "each.",
                field=where,
            )
