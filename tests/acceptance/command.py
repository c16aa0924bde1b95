"""The console command."""

import sys

GRIDQL = (sys.executable, "/tmp/t2/runner.py")
