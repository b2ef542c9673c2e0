"""Which codes the source can give for failures, warnings and waiting: read from its calls.

A code is a snake-case literal that is handed to one of the constructors below, or returned as the
first of a pair by a function that names a limit.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

CODE = re.compile(r"[a-z]+(_[a-z]+)*")
FAILURE_CALLS = {
    *("Failed", "Failure", "InputRejected", "EngineFailed", "LimitReached", "PlatformFailed"),
    *("MediaRejected", "DetectorFailed", "_failure", "warn", "EngineWarning"),
}
FAILURE_CLASSES = {"engine", "input", "platform", "limit"}


def codes_in(files: Iterable[Path]) -> set[str]:
    """The codes of failures and warnings."""
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found |= set(_of_call(node)) | set(_of_limit(node))
    return found - FAILURE_CLASSES


def first_words(file: Path, call: str) -> set[str]:
    """The first argument of every call of that name."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {
        each.args[0].value
        for each in nodes
        if isinstance(each, ast.Call)
        and _name(each) == call
        and each.args
        and isinstance(each.args[0], ast.Constant)
    }


def _of_call(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    yield from _literals(word.value for word in node.keywords if word.arg == "code")
    if _name(node) in FAILURE_CALLS or ast.unparse(node.func) in _NOTES:
        yield from _literals(node.args)


_NOTES = {"self._failures.add", "failures.add", "self.add"}


def _of_limit(node: ast.AST) -> Iterator[str]:
    """`return ("memory_exceeded", …)`."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield from _literals(node.value.elts[:1])


def _literals(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        word = node.value if isinstance(node, ast.Constant) else None
        if isinstance(word, str) and CODE.fullmatch(word):
            yield word


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]
