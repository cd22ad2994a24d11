"""The kernel's own start, run inside the sandbox as ``python -c <this text> CONNECTION_FILE PROCESSES``.

It is an ordinary ipykernel with one more message, ``course_request``, by which the grader's ``submission`` reaches the notebook's
names. Whatever student code does to it is done to itself only: the grader treats every reply as a claim.
"""

import os
import resource
import sys

REPLY_BYTES = 32_000_000


def main() -> None:
    connection_file, processes = sys.argv[1:3]
    if int(processes):  # set here and not outside, where it would count the user's other processes
        resource.setrlimit(resource.RLIMIT_NPROC, (int(processes), int(processes)))
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp

    kernel_class = IPythonKernel
    if "PYTHONPATH" in os.environ:  # there is a kit; a plain kernel, started by name, has none
        from course_lib.kit.remote import serve
        from course_lib.kit.wire import encode

        kernel_class = with_requests(IPythonKernel, serve, encode)
    sys.argv[1:] = []
    app = IPKernelApp.instance(kernel_class=kernel_class)
    app.initialize(["-f", connection_file, "--HistoryManager.enabled=False"])
    app.start()


def with_requests(base, serve, encode):
    """The kernel class ``base`` with an answer to ``course_request``."""

    def answer(namespace, request):
        try:
            reply = serve(namespace, request)
            if type(reply) is not str:
                raise TypeError("no text")
            data = reply.encode("utf-8", "replace")
            if len(data) > REPLY_BYTES:
                message = f"{len(data):,}바이트입니다. {REPLY_BYTES:,}바이트까지 보낼 수 있습니다"
                return encode({"error": {"kind": "reply", "type": "", "message": message}}).encode()
            return data
        except BaseException as error:  # SystemExit, KeyboardInterrupt, an exception that cannot be printed: the student's answer
            name = type(error).__name__[:80]
            return encode({"error": {"kind": "raised", "type": name, "message": "", "line": None, "text": ""}}).encode()

    class CourseKernel(base):
        msg_types = [*base.msg_types, "course_request"]  # noqa: RUF012

        async def course_request(self, stream, ident, parent):
            data = answer(self.shell.user_ns, parent["content"]["request"])
            self.session.send(stream, "course_reply", {}, parent, ident=ident, buffers=[data])

    return CourseKernel


if __name__ == "__main__":
    main()
