"""The themes that interests and events speak of."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from kindred_common.security.principals import Principal
from kindred_common.web.auth import requires
from kindred_matching.domain.taxonomy import Taxonomy, Theme

Reader = Annotated[Principal, Depends(requires(scope="matching:read"))]


class ThemeNamesView(BaseModel):
    """The theme's name in each language."""

    en: str
    nl: str


class ThemeView(BaseModel):
    """A subject of interest and its place in the tree; a branch has no parent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "opera",
                    "parent": "performing-arts",
                    "branch": "private",
                    "names": {"en": "Opera", "nl": "Opera"},
                }
            ]
        }
    )

    id: str = Field(description="As it stands in surveys, profiles and events.")
    parent: str | None
    branch: str = Field(description="private or professional.")
    names: ThemeNamesView

    @classmethod
    def of(cls, theme: Theme, taxonomy: Taxonomy) -> "ThemeView":
        names = ThemeNamesView(en=theme.en, nl=theme.nl)
        branch = taxonomy.branch_of(theme)
        return cls(id=theme.id, parent=theme.parent, branch=branch, names=names)


class ThemesView(BaseModel):
    """The whole tree: parents before their children, and no more than some hundreds."""

    items: list[ThemeView]


def themes_router(taxonomy: Taxonomy) -> APIRouter:
    """The taxonomy."""
    router = APIRouter(prefix="/v1", tags=["themes"])
    found = ThemesView(items=[ThemeView.of(theme, taxonomy) for theme in taxonomy.themes])

    @router.get(
        "/themes",
        summary="The tree of themes, with names in English and Dutch",
        description="An interest in one theme says something of its parent, children and siblings.",
    )
    async def get_themes(_: Reader) -> ThemesView:
        return found

    return router
