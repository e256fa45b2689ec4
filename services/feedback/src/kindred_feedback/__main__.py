"""``python -m kindred_feedback api|worker|migrate|all``."""

from kindred_common.runtime.process import run_service
from kindred_feedback.bootstrap import SERVICE

if __name__ == "__main__":
    run_service(SERVICE)
