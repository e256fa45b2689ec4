"""Which import mappings make sense."""

from kindred_survey.domain.definition_rules import is_theme
from kindred_survey.domain.errors import WrongMapping
from kindred_survey.domain.import_rows import ImportMapping, MappedColumn
from kindred_survey.domain.questions import EVENT_KINDS, Aspect, QuestionKind

MOST_COLUMNS = 500


def check_mapping(mapping: ImportMapping) -> None:
    """Refuses a mapping by which no cell could be read.

    Raises:
        WrongMapping: with the first column that is wrong.
    """
    if not 1 <= len(mapping.columns) <= MOST_COLUMNS:
        raise WrongMapping("columns", f"must be 1 to {MOST_COLUMNS}")
    seen: set[str] = set()
    for name, column in mapping.columns.items():
        if column.question_id in seen:
            raise WrongMapping(f"columns.{name}.question_id", "is used twice")
        seen.add(column.question_id)
        _check_column(name, column)


def _check_column(name: str, column: MappedColumn) -> None:
    place = f"columns.{name}"
    match column.kind:
        case QuestionKind.TEXT:
            raise WrongMapping(f"{place}.kind", "free text is not imported")
        case QuestionKind.NPS if (column.scale_min, column.scale_max) != (0, 10):
            raise WrongMapping(f"{place}.scale_max", "a recommendation is answered on 0 to 10")
        case QuestionKind.INTEREST if not is_theme(column.theme or ""):
            raise WrongMapping(f"{place}.theme", "must name a theme in kebab-case")
        case QuestionKind.EVENT_KIND if column.aspect not in EVENT_KINDS:
            raise WrongMapping(f"{place}.aspect", "must be a kind of event")
        case QuestionKind.PREFERENCE if column.aspect not in set(Aspect):
            raise WrongMapping(f"{place}.aspect", "must be a preference")
        case _:
            pass
    needs_scale = column.kind in (QuestionKind.INTEREST, QuestionKind.EVENT_KIND)
    if needs_scale and not column.scale_min < column.scale_max:
        raise WrongMapping(f"{place}.scale_max", "must be more than scale_min")
