"""The forms of every genre, one module a genre or two. ``ON_REQUEST`` are forms that are drawn only when their genre is asked for."""

from __future__ import annotations

from course_lib.kit.world.forms import Form
from course_lib.kit.world.genres import almanac, everyday, guide, letters, mystery, news, profile, records, story, talk

FORMS: tuple[Form, ...] = tuple(
    form for module in (story, talk, profile, guide, news, letters, everyday, records, mystery) for form in module.FORMS
)
ON_REQUEST: tuple[Form, ...] = almanac.FORMS
GENRES: tuple[str, ...] = tuple(dict.fromkeys(form.genre for form in FORMS))

__all__ = ["FORMS", "GENRES", "ON_REQUEST"]
