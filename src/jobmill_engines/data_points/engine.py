"""Reads a document of zones and hands on the data points of a taxonomy."""

from jobmill_engine import Engine, Result, Task
from jobmill_engines.data_points.document import points_json
from jobmill_engines.data_points.finding import find_points
from jobmill_engines.documents.given import given_document
from jobmill_engines.documents.reading import read_zones
from jobmill_engines.documents.taxonomy import read_taxonomy


class DataPoints(Engine):
    """Values that stand in the document, each with its place; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result:
        taxonomy = read_taxonomy(task.parameters.get("taxonomy"))
        zones = read_zones(given_document(task))
        task.check_cancelled()
        found = find_points(zones, taxonomy)
        return points_json(found, taxonomy, zones, float(task.parameters.get("least", 0.0)))
