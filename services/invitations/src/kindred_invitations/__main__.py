"""``python -m kindred_invitations api|worker|migrate|all``."""

from kindred_common.runtime.process import run_service
from kindred_invitations.bootstrap import SERVICE

if __name__ == "__main__":
    run_service(SERVICE)
