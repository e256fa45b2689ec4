from kindred_common.runtime.process import run_service
from kindred_matching.bootstrap import SERVICE

run_service(SERVICE)
