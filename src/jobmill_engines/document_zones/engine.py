"""Reads a document of layout and hands on a document of zones."""

from jobmill_engine import Engine, Result, Task
from jobmill_engines.document_zones.doubts import doubts_of
from jobmill_engines.document_zones.joining import joined
from jobmill_engines.document_zones.pages import zones_of_page
from jobmill_engines.documents.given import given_document
from jobmill_engines.documents.model import Zone, Zones
from jobmill_engines.documents.reading import read_layout
from jobmill_engines.documents.writing import zones_json


class DocumentZones(Engine):
    """Zones in reading order; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result:
        pages = read_layout(given_document(task))
        found: list[Zone] = []
        for page in pages:
            task.check_cancelled()
            found += zones_of_page(page)
            task.progress(page.number, len(pages), "pages")
        zones = Zones(tuple(pages), tuple(joined(pages, found)))
        return zones_json(zones, doubts=doubts_of(zones))
