"""How fast engines have been, learnt from their ends; what estimates of time left stand on."""

from jobmill.core.speeds.model import BYTES, Learnt, Observation, Speed, SpeedKey
from jobmill.core.speeds.ports import SpeedStore

__all__ = ["BYTES", "Learnt", "Observation", "Speed", "SpeedKey", "SpeedStore"]
