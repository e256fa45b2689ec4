"""The processes that the chaos tests run."""

from tests.system import Part

from kindred_common.contracts.vocabulary import Service

_QUICK = {"KINDRED_KAFKA__SESSION_TIMEOUT_MS": "6000"}
"""The shortest time after which the broker lets a new process take a dead one's partitions."""

SURVEY_API = Part(Service.SURVEY, "api")
SURVEY_WORKER = Part(Service.SURVEY, "worker", settings=_QUICK)
PROFILE_API = Part(Service.PROFILE, "api")
PROFILE_WORKERS = tuple(Part(Service.PROFILE, "worker", n, _QUICK) for n in (1, 2))
STREAMS = tuple(Part(Service.PROFILE, "stream", n, _QUICK) for n in (1, 2))
MATCHING_API = Part(Service.MATCHING, "api")
MATCHING_WORKER = Part(Service.MATCHING, "worker", settings=_QUICK)
INVITATIONS_API = Part(Service.INVITATIONS, "api")
INVITATIONS_WORKER = Part(Service.INVITATIONS, "worker", settings=_QUICK)
