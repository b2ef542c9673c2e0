"""Say what is missing before anything is installed. Runs on any Python 3."""

import shutil
import sys

problems = []
if sys.version_info < (3, 11):
    problems.append("Python 3.11 or newer is needed; this is %d.%d." % sys.version_info[:2])
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    problems.append("Python cannot make virtual environments: apt-get install python3-venv.")
if not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
    problems.append("A C compiler is needed: apt-get install gcc.")
if not shutil.which("git"):
    problems.append("git is needed: apt-get install git.")
if problems:
    sys.exit("Jobmill cannot be set up yet:\n  " + "\n  ".join(problems))
