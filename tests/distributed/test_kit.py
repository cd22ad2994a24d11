"""What the kit gives: the drawing of a timeline, and log scales that the Korean font can label."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from course_lib.distributed.pipeline import make_schedule, simulate
from course_lib.kit.distributed import LINKS, draw_timeline
from course_lib.kit.plots import plain_logs, setup_plots


@pytest.fixture
def axes():
    mpl.use("Agg")
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_a_timeline_has_a_bar_for_each_task(axes):
    timeline = simulate(make_schedule("1f1b", 3, 4), 1, 2)
    draw_timeline(axes, timeline.tasks, "1F1B")
    bars = [bar for bar in axes.patches if bar.get_width() > 0]
    assert len(bars) == len(timeline.tasks) == 24
    assert sum(bar.get_width() for bar in bars) == 3 * 4 * 3
    assert [text.get_text() for text in axes.texts] == [str(task.microbatch) for task in timeline.tasks]
    assert [label.get_text() for label in axes.get_legend().get_texts()] == ["순전파", "역전파"]
    top, bottom = axes.get_ylim()
    assert top > bottom  # inverted: stage 0 stands above


def test_small_numbers_on_a_log_scale(axes, recwarn):
    setup_plots()
    axes.plot([1, 10], [0.001, 100])
    axes.set(yscale="log")
    plain_logs(axes)
    axes.figure.canvas.draw()
    assert {"0.01", "1", "100"} <= {label.get_text() for label in axes.get_yticklabels()}
    assert not list(recwarn)


def test_links_are_ordered_as_they_are_in_practice():
    assert LINKS["nvlink"].beta > LINKS["pcie"].beta > LINKS["infiniband"].beta > LINKS["ethernet"].beta
    assert LINKS["nvlink"].alpha < LINKS["pcie"].alpha < LINKS["infiniband"].alpha < LINKS["ethernet"].alpha
