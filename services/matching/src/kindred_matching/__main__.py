import sys

from kindred_common.runtime.process import run_service
from kindred_matching.bootstrap import SERVICE

if sys.argv[1:2] == ["solve"]:
    from kindred_matching.entrypoints.solve import solve

    sys.exit(solve(sys.argv[2:]))
if sys.argv[1:2] == ["compile"]:
    from kindred_matching.entrypoints.compile_kernels import compile_kernels

    compile_kernels()
    sys.exit(0)
run_service(SERVICE)
