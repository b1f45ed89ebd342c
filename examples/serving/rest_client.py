"""Asks TensorFlow Serving, over its REST API, for energies, time derivatives or rollouts of a model of states.

python examples/serving/rest_client.py --url=http://localhost:8501 --model=pendulum --state=1.0,0.0 --times=0:10:0.1

The client needs only Python.
"""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

import client_command
from client_command import RequestError

ONLY_OUTPUT = {"serving_default": "time_derivative", "rollout": "trajectory"}
"""The name of the only output of a signature of a model without energy, where it differs from the signature's name."""


def body(inputs: Mapping[str, list], *, signature: str, layout: str) -> dict:
    """Returns the JSON of a request for `inputs`, arrays by name with the batch first.

    `layout` is `row`, a list of instances, or `column`, an array for each input.
    """
    if layout == "column":
        return {"signature_name": signature, "inputs": dict(inputs)}
    rows = [dict(zip(inputs, row, strict=True)) for row in zip(*inputs.values(), strict=True)]
    if len(inputs) == 1:  # the name of a single input is left out
        rows = [next(iter(row.values())) for row in rows]
    return {"signature_name": signature, "instances": rows}


def outputs(answer: Mapping, *, signature: str) -> dict[str, list]:
    """Returns arrays by output name, from an answer in either layout."""
    found = answer.get("predictions", answer.get("outputs"))
    if found is None:
        raise RequestError(
            "expected an answer with predictions or outputs; received neither; give the --url of TensorFlow Serving"
        )
    if isinstance(found, dict):
        return found
    if found and found[0] and isinstance(found[0], dict):
        return {name: [row[name] for row in found] for name in found[0]}
    # The server leaves out the name of a single output.
    return {ONLY_OUTPUT.get(signature, signature): found}


def post(url: str, content: Mapping, *, timeout: float) -> dict:
    """Returns the JSON of the server's answer.

    Raises:
      RequestError: If there is no server, or the server takes longer than `timeout` seconds, refuses, or is not
        TensorFlow Serving.
    """
    request = urllib.request.Request(url, json.dumps(content).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return json.load(response)  # this also accepts TensorFlow Serving's NaN and Infinity
    except urllib.error.HTTPError as error:
        with error:
            raise RequestError(f"{url}: refused: {_message(error)}") from error
    except (OSError, http.client.HTTPException) as error:
        if isinstance(getattr(error, "reason", error), TimeoutError):
            mend = "raise --timeout, or ask for fewer or nearer times"
            raise RequestError(f"{url}: no answer within {timeout:g} s; {mend}") from error
        reason = getattr(error, "reason", None) or error
        raise RequestError(
            f"{url}: no server answers: {reason}; start the server, or give the --url of its REST port"
        ) from error
    except ValueError as error:
        raise RequestError(f"{url}: expected TensorFlow Serving's JSON; received something else") from error


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return json.load(error)["error"]
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {error.code}, {error.reason}, not from TensorFlow Serving; give its REST --url"


def _is_url(text: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:  # the address has wrong brackets, or a port that is not a number
        return False


def _main() -> None:
    flags = client_command.parser(__doc__)
    flags.add_argument("--url", default="http://localhost:8501", help="the URL of the server's REST port (%(default)s)")
    flags.add_argument("--format", choices=["row", "column"], default="row", help="the format of the JSON (row)")
    settings, inputs = client_command.parse(flags)
    if not _is_url(settings.url):
        raise RequestError(f"--url={settings.url}: expected http://host:port")
    version = "" if settings.version is None else f"/versions/{settings.version}"
    url = f"{settings.url.rstrip('/')}/v1/models/{urllib.parse.quote(settings.model, safe='')}{version}:predict"
    content = body(inputs, signature=settings.signature, layout=settings.format)
    answer = post(url, content, timeout=settings.timeout)
    try:
        client_command.write_answer(inputs, outputs(answer, signature=settings.signature))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:  # the JSON is from another service
        raise RequestError(
            f"{url}: expected TensorFlow Serving's answer; got other JSON; give the server's --url"
        ) from error


if __name__ == "__main__":
    client_command.run(_main)
