from kindred_common.runtime.process import run_service
from kindred_survey.bootstrap import SERVICE

if __name__ == "__main__":
    run_service(SERVICE)
