"""The look at pages finds what would do something, and nothing else."""

from __future__ import annotations

import pytest
from hostile.pages import active_parts


@pytest.mark.parametrize(
    "page",
    [
        "<script>1</script>",
        "<SVG onload=alert(1)>",
        "<a href=' JavaScript:alert(1)'>x</a>",
        "<img src=https://x.test/a.png>",
        "<meta http-equiv='Refresh' content='0;url=/'>",
        "<iframe srcdoc='x'></iframe>",
        "<form action=/>",
    ],
)
def test_what_would_do_something_is_found(page):
    assert active_parts(f"<p>{page}</p>")


def test_text_about_it_is_only_text():
    assert active_parts("<p>&lt;script&gt;alert(1)&lt;/script&gt; onerror=alert(1) <a href='#x'>javascript:alert(1)</a></p>") == []
