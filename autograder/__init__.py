"""The course's grading engine. It knows no assignment by name: everything particular stands in ``solutions/<id>/``."""

import sys

# With this library, jsonschema compiles a grammar of internet addresses whenever it is imported: more than a second in each of the
# grader's processes, for a format that no notebook has. It does without where the library is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
