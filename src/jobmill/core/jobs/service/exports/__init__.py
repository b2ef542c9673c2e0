"""Use cases on exports: start one, see them, and (for the runtime) make one."""

from jobmill.core.jobs.service.exports.gather import FileToWrite, Gathered, gather, single_file
from jobmill.core.jobs.service.exports.making import (
    ExportMade,
    WrittenFile,
    export_to_make,
    fail_export,
    finish_export,
)
from jobmill.core.jobs.service.exports.read import ExportState, ExportView, get_export, list_exports
from jobmill.core.jobs.service.exports.start import EXPORT_ENGINE, start_export

__all__ = [
    "EXPORT_ENGINE",
    "ExportMade",
    "ExportState",
    "ExportView",
    "FileToWrite",
    "Gathered",
    "WrittenFile",
    "export_to_make",
    "fail_export",
    "finish_export",
    "gather",
    "get_export",
    "list_exports",
    "single_file",
    "start_export",
]
