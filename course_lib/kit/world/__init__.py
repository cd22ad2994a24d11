"""The small world: texts about 솔섬, an island town that does not exist, drawn from a seed.

Everything is invented; people's names are made of common syllables. A long tail of nouns, names, titles and numbers (word frequencies
of the ``wordfreq`` package) keeps its vocabulary open, as that of real text is.
"""

from course_lib.kit.world.knowledge import Fact, facts, holds
from course_lib.kit.world.people import PEOPLE, Person
from course_lib.kit.world.places import PLACES, Place
from course_lib.kit.world.writer import SPLITS, Document, documents, lines

__all__ = ["PEOPLE", "PLACES", "SPLITS", "Document", "Fact", "Person", "Place", "documents", "facts", "holds", "lines"]
