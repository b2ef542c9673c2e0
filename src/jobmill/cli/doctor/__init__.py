"""`jobmill doctor`: what works on this machine, what does not, and what to do about it."""

from jobmill.cli.doctor.command import doctor

__all__ = ["doctor"]
