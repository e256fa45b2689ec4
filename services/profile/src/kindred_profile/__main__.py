"""``python -m kindred_profile api|worker|all|migrate``."""

from kindred_common.runtime.process import run_service
from kindred_profile.bootstrap import SERVICE

if __name__ == "__main__":
    run_service(SERVICE)
