import sys

from kindred_common.runtime.process import run_service
from kindred_matching.bootstrap import SERVICE

if sys.argv[1:2] == ["solve"]:
    # Only this needs numba, which takes memory and a second to import.
    from kindred_matching.entrypoints.solve import solve

    sys.exit(solve(sys.argv[2:]))
run_service(SERVICE)
