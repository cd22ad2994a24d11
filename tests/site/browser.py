"""A real headless Chromium for tests, over its debugging protocol: no driver and no package beyond a web socket."""

from __future__ import annotations

import base64
import contextlib
import functools
import http.client
import http.server
import itertools
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import websocket

from autograder.bookpdf import find_browser

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    # Nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)

PATIENCE = 180  # seconds; a busy machine is slow, and only a broken page takes longer


class BrowserError(RuntimeError):
    """The browser did not start, did not answer, or a script in the page raised."""


class Page:
    """One tab. ``requests`` holds the address of everything it asked for since the last :meth:`open`."""

    def __init__(self, socket_url: str) -> None:
        self._socket = websocket.create_connection(socket_url, timeout=PATIENCE)
        self._numbers = itertools.count(1)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._loaded = False
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.command(f"{domain}.enable")
        self.viewport(1280, 900)

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and return its result. Raises BrowserError when it fails."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = self._receive()
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return message["result"]

    def _receive(self) -> dict[str, Any]:
        message = json.loads(self._socket.recv())
        parameters = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Page.loadEventFired":
                self._loaded = True
            case "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                self.errors.append(details.get("exception", {}).get("description") or details["text"])
            case "Log.entryAdded" if parameters["entry"]["level"] == "error":
                self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
        return message

    def open(self, url: str, *, settle: float = 0.3) -> None:
        """Load ``url`` and wait for its load event, then until nothing was requested for ``settle`` seconds."""
        self.requests.clear()
        self.errors.clear()
        self._loaded = False
        self.command("Page.navigate", url=url)
        deadline = time.monotonic() + PATIENCE
        while not self._loaded:
            if time.monotonic() > deadline:
                raise BrowserError(f"{url} did not load")
            self._receive()
        self.wait_idle(settle)

    def wait_idle(self, seconds: float) -> None:
        """Read events until none came for ``seconds``."""
        self._socket.settimeout(seconds)
        try:
            while True:
                self._receive()
        except websocket.WebSocketTimeoutException:
            pass
        finally:
            self._socket.settimeout(PATIENCE)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are awaited. Raises BrowserError when it throws."""
        result = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def wait_for(self, expression: str, seconds: float = 60) -> Any:
        """Evaluate until the value is true. Raises BrowserError after ``seconds``."""
        deadline = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > deadline:
                raise BrowserError(f"never true: {expression}")
            time.sleep(0.05)
        return value

    def viewport(self, width: int, height: int, *, mobile: bool = False) -> None:
        self._size = (width, height, mobile)
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def colour_scheme(self, scheme: str) -> None:
        """``light`` or ``dark``, as the reader's system would say; without animations, so that colours do not pass through others."""
        media = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        self.command("Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in media.items()])

    def screenshot(self, path: Path, *, whole: bool = False) -> Path:
        """Write a PNG of what is visible, or of the whole page."""
        width, height, mobile = self._size
        if whole:  # as tall as the page: a capture beyond the view lays pages out anew, and wrongly
            self.viewport(width, self.evaluate("document.documentElement.scrollHeight"), mobile=mobile)
            self.wait_idle(0.2)
        data = self.command("Page.captureScreenshot", format="png")["data"]
        self.viewport(width, height, mobile=mobile)
        path.write_bytes(base64.b64decode(data))
        return path

    def hosts(self) -> set[str]:
        """Hosts that were asked for anything."""
        return {urlsplit(url).hostname or "" for url in self.requests if not url.startswith(("data:", "blob:", "about:"))}

    def close(self) -> None:
        self._socket.close()


@contextlib.contextmanager
def open_browser() -> Iterator[Page]:
    """Start a browser with an empty profile and give its one tab. Raises BrowserError when it does not start."""
    executable = find_browser()
    if executable is None:
        raise BrowserError("there is no Chromium on this machine")
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [executable, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            page = Page(_tab(process, Path(profile)))
            yield page
            page.close()
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _tab(process: subprocess.Popen[bytes], profile: Path) -> str:
    """The debugging address of the browser's tab, once it is there."""
    note = profile / "DevToolsActivePort"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BrowserError(f"the browser ended with {process.returncode}")
        with contextlib.suppress(OSError, ValueError, StopIteration):
            port = int(note.read_text().splitlines()[0])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/json")
            tabs = json.loads(connection.getresponse().read())
            return next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        time.sleep(0.05)
    raise BrowserError("the browser did not open its debugging port")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on this machine only; give the address, without a slash at its end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pages_of(site: Path) -> list[str]:
    """Addresses of every page below the site's root, the search and error pages included."""
    return sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if "_static" not in path.parts)
