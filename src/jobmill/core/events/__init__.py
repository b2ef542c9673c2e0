"""Append-only facts about jobs: they feed the timeline and the live stream."""

from jobmill.core.events.model import Event, EventType, NewEvent
from jobmill.core.events.ports import EventLog

__all__ = ["Event", "EventLog", "EventType", "NewEvent"]
