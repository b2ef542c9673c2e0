"""The motion engine itself, but for the network: this one sees a person walk in every picture.

Beside it lie the bundled engine's manifest and the place of the tests, put there by the fixture
that installs it.
"""

import sys
from pathlib import Path
from typing import Any

from jobmill_engine import serve
from jobmill_engines.motion.engine import MotionEngine
from jobmill_engines.motion.request import Request


class Light(MotionEngine):
    def _network(self, request: Request) -> Any:
        from tests.engines.motion.made import Statue

        return Statue()


sys.path.insert(0, Path(__file__).with_name("root").read_text(encoding="utf-8"))
serve(Light)
