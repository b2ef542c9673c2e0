"""Use cases on exports: start one, and see them. What makes them (`gather`, `making`) is loaded
when the first one is made, not with the server."""

from jobmill.core.jobs.service.exports.jobs_export import JobsExportOptions, start_jobs_export
from jobmill.core.jobs.service.exports.read import ExportState, ExportView, get_export, list_exports
from jobmill.core.jobs.service.exports.start import sources_of, start_export

__all__ = [
    "ExportState",
    "ExportView",
    "JobsExportOptions",
    "get_export",
    "list_exports",
    "sources_of",
    "start_export",
    "start_jobs_export",
]
