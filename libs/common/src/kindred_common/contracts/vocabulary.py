"""The closed sets of words that records share, spelled as they travel."""

from enum import StrEnum


class Service(StrEnum):
    """A Kindred service, or the world outside."""

    SURVEY = "survey"
    PROFILE = "profile"
    MATCHING = "matching"
    INVITATIONS = "invitations"
    OUTREACH = "outreach"
    FEEDBACK = "feedback"
    OUTSIDE = "outside"


class Language(StrEnum):
    """A language in which Kindred speaks to people."""

    ENGLISH = "en"
    DUTCH = "nl"


class EventKind(StrEnum):
    """What sort of contact moment an event is."""

    SEMINAR = "seminar"
    WORKSHOP = "workshop"
    INFORMATION_DAY = "information_day"
    SPORT = "sport"
    CULTURE = "culture"
    DINNER = "dinner"
    OUTING = "outing"
    ONLINE = "online"


SOCIAL_KINDS = frozenset({EventKind.SPORT, EventKind.CULTURE, EventKind.DINNER, EventKind.OUTING})
"""Kinds whose main content is not professional: barred by an open complaint and by norms that ask for business content."""


class Manner(StrEnum):
    """How an invitation reaches the customer."""

    EMAIL = "email"
    CARD = "card"
    PHONE = "phone"
    PERSONAL = "personal"
    SECRETARY = "secretary"


class CompanionWish(StrEnum):
    """With whom a customer likes to come."""

    ALONE = "alone"
    COLLEAGUE = "colleague"
    PARTNER = "partner"
    OWN_INVITEE = "own_invitee"


class BuyingRole(StrEnum):
    """The customer's part in buying (decision-making unit) or problem solving."""

    DECISION_MAKER = "decision_maker"
    INFLUENCER = "influencer"
    BUYER = "buyer"
    USER = "user"
    PROBLEM_SOLVER = "problem_solver"


class LegalGround(StrEnum):
    """Why this person may be approached by electronic mail."""

    CONSENT = "consent"
    EXISTING_RELATION = "existing_relation"
    PUBLISHED_ADDRESS = "published_address"
    NONE = "none"


class FactSource(StrEnum):
    """Where a fact about a customer comes from, from most to least direct."""

    SELF = "self"
    FEEDBACK = "feedback"
    ACCOUNT_MANAGER = "account_manager"
    IMPORT = "import"
    CRM = "crm"


class ConsentState(StrEnum):
    """What a customer last said about one purpose."""

    GRANTED = "granted"
    DENIED = "denied"
    REVOKED = "revoked"
    OBJECTED = "objected"


class ConsentPurpose(StrEnum):
    """For what a consent or objection counts."""

    INVITATIONS = "invitations"
    SURVEYS = "surveys"
    ALL = "all"


class ReasonCode(StrEnum):
    """Why a customer is not matched to an event."""

    INACTIVE = "inactive"
    OBJECTION = "objection"
    CONSENT = "consent"
    NORM = "norm"
    HOSPITALITY = "hospitality"
    OPEN_CASE = "open_case"
    BLOCKED_DAYS = "blocked_days"
    EXCLUDED_THEMES = "excluded_themes"
    LANGUAGE = "language"
    DISTANCE = "distance"
    AGE = "age"
    PAST = "past"
    DECLINED = "declined"
    EXCLUDED = "excluded"
    HOLD_OUT = "hold_out"
    SEATS = "seats"
    CAP = "cap"
    OVERLAP = "overlap"
    ACCOUNT = "account"
    BUDGET = "budget"


class InvitationStep(StrEnum):
    """A step in the life of an invitation."""

    DRAFTED = "drafted"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    SENT = "sent"
    NOT_SENT = "not_sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class DeclineReason(StrEnum):
    """Why a customer declines; each reason teaches matching something else."""

    DATE = "date"
    DISTANCE = "distance"
    TOPIC = "topic"
    KIND = "kind"
    EMPLOYER_RULES = "employer_rules"
    OTHER = "other"


class MessageClass(StrEnum):
    """Decides which rules of contact pressure and opt-out a message falls under."""

    SERVICE = "service"
    RELATIONSHIP = "relationship"
    SURVEY = "survey"


class MessagePurpose(StrEnum):
    """What a message is for; with the customer and the occasion it identifies the message."""

    SURVEY_INVITATION = "survey_invitation"
    EVENT_INVITATION = "event_invitation"
    EVENT_CONFIRMATION = "event_confirmation"
    EVENT_CANCELLATION = "event_cancellation"
    FEEDBACK_REQUEST = "feedback_request"


class MessageResult(StrEnum):
    """What became of a requested message."""

    SENT = "sent"
    TASK_CREATED = "task_created"
    SKIPPED = "skipped"
    BOUNCED = "bounced"
    UNCERTAIN = "uncertain"


class Expectation(StrEnum):
    """Whether the moment was less than, as, or more than the guest expected."""

    LESS = "less"
    AS_EXPECTED = "as_expected"
    MORE = "more"
