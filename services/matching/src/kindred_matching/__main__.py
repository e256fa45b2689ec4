import sys

from kindred_common.runtime.process import run_service
from kindred_matching.bootstrap import SERVICE
from kindred_matching.entrypoints.solve import solve

if sys.argv[1:2] == ["solve"]:
    sys.exit(solve(sys.argv[2:]))
run_service(SERVICE)
