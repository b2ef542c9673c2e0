"""Turns a call into the message that hands the work over to an engine."""

import asyncio
import json
from dataclasses import replace

from jobmill.core.engines.ports import EngineCall, EngineInput
from jobmill_engine import protocol

MANY_INPUTS = 500
"""Inputs whose list is made on the event loop; a longer one is made on a thread."""

INPUTS_FILE = ".inputs.json"
"""In the work folder: the inputs, when they are too many for a message."""


async def run_line(call: EngineCall) -> bytes:
    """The work as one line; inputs that do not fit are written to a file that the line names.

    Raises MessageTooLong, TypeError, ValueError for parameters that cannot be sent.
    """
    if len(call.inputs) <= MANY_INPUTS:
        try:
            return _run_message(call).encode()
        except protocol.MessageTooLong:
            if not call.inputs:
                raise
    return await asyncio.to_thread(_long_run_line, call)


def _long_run_line(call: EngineCall) -> bytes:
    run = _run_message(call)
    try:
        return run.encode()
    except protocol.MessageTooLong:
        file = call.workdir.absolute() / INPUTS_FILE
        with file.open("x") as listed:
            json.dump(protocol.plain_inputs(run.inputs), listed, allow_nan=False)
        return replace(run, inputs=(), inputs_file=str(file)).encode()


def _run_message(call: EngineCall) -> protocol.Run:
    return protocol.Run(
        call.token,
        call.features,
        dict(call.parameters),
        tuple(_input_file(file) for file in call.inputs),
        str(call.workdir.absolute()),
        mode=None if call.mode == "whole" else call.mode,
        credit=None if call.credit is None else dict(call.credit),
        resume=dict(call.resume) or None,
        spool=None if call.spool is None else str(call.spool.absolute()),
    )


def _input_file(file: EngineInput) -> protocol.InputFile:
    return protocol.InputFile(
        file.port,
        str(file.path.absolute()),
        file.media_type,
        file.name,
        file.number,
        dict(file.meta) or None,
        file.live or None,
    )
