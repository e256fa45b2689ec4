"""Which status and problem name each refusal becomes."""

from kindred_invitations.domain import errors

PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    errors.Unknown: (404, "not-found"),
    errors.WrongEvent: (422, "wrong-event"),
    errors.StaleEdition: (412, "precondition-failed"),
    errors.IllegalStep: (409, "illegal-step"),
    errors.NoSeatLeft: (409, "no-seat-left"),
    errors.EventClosed: (409, "event-closed"),
    errors.TooEarly: (409, "too-early"),
    errors.NotInvitable: (409, "not-invitable"),
    errors.CompanionNotAllowed: (409, "companion-not-allowed"),
    errors.SeatsAlreadyGiven: (409, "seats-already-given"),
    errors.OwnedElsewhere: (409, "owned-elsewhere"),
}
