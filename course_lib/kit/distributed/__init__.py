"""What the assignment on distributed training gives: a transport that counts, a timeline and its drawing, links and their speed."""

from course_lib.kit.distributed.links import LINKS, Link
from course_lib.kit.distributed.sharding import ShardLog
from course_lib.kit.distributed.timeline import Task, Timeline, draw_timeline
from course_lib.kit.distributed.transport import Message, Transport

__all__ = ["LINKS", "Link", "Message", "ShardLog", "Task", "Timeline", "Transport", "draw_timeline"]
