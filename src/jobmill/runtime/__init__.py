"""Durable execution: claim, run, settle, recover, retain. Knows ports, no technology."""

from jobmill.runtime.deliveries import DeliverySender
from jobmill.runtime.inputs import InputPreparer
from jobmill.runtime.maintenance import Maintenance
from jobmill.runtime.worker import Worker, WorkerPlan

__all__ = ["DeliverySender", "InputPreparer", "Maintenance", "Worker", "WorkerPlan"]
