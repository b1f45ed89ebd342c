"""A headless Chromium, driven by chromedriver over plain HTTP: https://www.w3.org/TR/webdriver2."""

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request

import pytest

# A fresh profile, and nothing that asks other machines for anything.
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Browser:
    """One window; use as a context manager. Skips the test where there is no Chromium."""

    def __init__(self, profile, *, width, height):
        for program in ("chromium", "chromedriver"):
            if not shutil.which(program):
                pytest.skip(f"{program} isn't installed (Debian's packages: chromium, chromium-driver)")
        arguments = [*_ARGUMENTS, f"--user-data-dir={profile}", f"--window-size={width},{height}"]
        options = {"args": arguments, "binary": shutil.which("chromium")}
        logs = {"browser": "ALL"}
        self._capabilities = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": logs}

    def __enter__(self):
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            port = next(found[1] for line in self._driver.stdout if (found := re.search(r"on port (\d+)\.", line)))
            self._address = f"http://127.0.0.1:{port}/session"
            session = self._call("POST", "", {"capabilities": {"alwaysMatch": self._capabilities}})
        except BaseException:
            self._stop()
            raise
        self._address += f"/{session['sessionId']}"
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", "")
        finally:
            self._stop()

    def _stop(self):
        self._driver.terminate()
        self._driver.wait(timeout=30)
        self._driver.stdout.close()

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def evaluate(self, expression):
        """Value of a JavaScript expression, as JSON carries it."""
        return self._call("POST", "/execute/sync", {"script": f"return {expression}", "args": []})

    def wait_for(self, expression, seconds=60):
        end = time.monotonic() + seconds
        while not self.evaluate(expression):
            assert time.monotonic() < end, f"not true after {seconds} s: {expression}; console: {self.console()}"
            time.sleep(0.1)

    def drag(self, places):
        """Presses the mouse at the first of the places (x, y) in the window, moves it to the others, and lets go."""
        moves = [{"type": "pointerMove", "duration": 100, "x": round(x), "y": round(y)} for x, y in places]
        steps = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
        self._call("POST", "/actions", {"actions": [mouse]})

    def press(self, *keys):
        """Presses keys one after another; WebDriver has its own numbers of those that write nothing."""
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": steps}]})

    def resize(self, width, height):
        self._call("POST", "/window/rect", {"width": width, "height": height})

    def console(self):
        """The console's messages since the last call."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        # Whatever proxies the environment names, they aren't for this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(urllib.request.Request(self._address + path, data, method=method), timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.read().decode()[:2000]}") from error
