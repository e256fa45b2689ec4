"""The surveys that come with Kindred, as data files beside this module."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from kindred_survey.application.install_samples import Sample
from kindred_survey.domain.definition_rules import check_definition

_samples = TypeAdapter(Sample)


def load_samples() -> Sequence[Sample]:
    """The relation survey and the interest survey.

    Raises:
        WrongDefinition: a data file is broken.
    """
    folder = Path(__file__).with_name("samples")
    samples = [_samples.validate_json(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    for sample in samples:
        check_definition(sample.definition)
    return samples
