"""The part of the course library that students and the sandbox see.

Everything below this folder is public: no reference implementation, no hidden check, no answer may be imported
from here or live here. The folder must work alone, on Linux, macOS and Windows.
"""
