"""Figures with Korean labels, the same on every machine."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

# Each has a contrast of at least 3:1 with white and with a dark notebook's background.
COLOURS = {
    "blue": "#2f7fd1",
    "orange": "#c9660a",
    "green": "#2a9455",
    "purple": "#9063c4",
    "red": "#d64545",
    "grey": "#7f7f7f",
}
SYSTEM_FONTS = ("NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo", "AppleGothic", "Noto Sans CJK KR", "Noto Sans KR")


def korean_font() -> str | None:
    """The name of a Korean font that matplotlib can use, added to its list if need be; ``None`` if the machine has none."""
    from matplotlib import font_manager

    packaged = packaged_font()
    if packaged is not None:
        font_manager.fontManager.addfont(str(packaged))
        return font_manager.FontProperties(fname=str(packaged)).get_name()
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in SYSTEM_FONTS if name in installed), None)


def packaged_font() -> Path | None:
    """The font file in koreanize-matplotlib, found without importing the package: that needs distutils, gone since Python 3.12."""
    spec = importlib.util.find_spec("koreanize_matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / "fonts" / "NanumGothic.ttf").is_file():
            return path
    return None


def setup_plots() -> str | None:
    """Give matplotlib a Korean font, the course's colours and a quiet style; return the font's name, or ``None`` without one."""
    import matplotlib as mpl

    font = korean_font()
    if font is not None:
        mpl.rcParams["font.family"] = [font, "DejaVu Sans"]
    mpl.rcParams.update(
        {
            "axes.unicode_minus": False,  # NanumGothic has no U+2212
            "axes.prop_cycle": mpl.cycler(color=list(COLOURS.values())),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#d0d0d0",
            "grid.linewidth": 0.6,
            "figure.facecolor": "white",  # dark text on its own ground stays legible in a dark notebook
            "savefig.facecolor": "white",
            "figure.figsize": (6.4, 3.6),
            "font.size": 12,  # still read on a phone, where the book shows figures smaller
            "figure.dpi": 100,
        }
    )
    return font


def setup_plots_later() -> None:
    """:func:`setup_plots` once matplotlib is imported, which alone takes longer than many a notebook without a plot."""
    if "matplotlib" in sys.modules:
        setup_plots()
    elif not any(isinstance(finder, _WhenImported) for finder in sys.meta_path):
        sys.meta_path.insert(0, _WhenImported())


class _WhenImported(importlib.abc.MetaPathFinder):
    """Steps aside with the first import of matplotlib, behind which the plots are set up."""

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002
        if fullname != "matplotlib":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                setup_plots()

            spec.loader.exec_module = exec_module
        return spec


def plain_logs(*axes: object) -> None:
    """Label the logarithmic scales of some axes 0.01, 1, 100: the Korean font lacks the minus sign of 10⁻²."""
    for each in axes:
        for axis in (each.xaxis, each.yaxis):
            if axis.get_scale() == "log":
                axis.set_major_formatter(lambda value, _: f"{value:g}")
                axis.set_minor_formatter("")
