"""Runs the host of the engine that finds faces."""

from jobmill_engine import serve
from jobmill_engines.faces.engine import Faces

serve(Faces)
