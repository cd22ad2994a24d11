"""Pages for instructors: self-contained HTML in Korean, for a browser, a phone and a printer."""
