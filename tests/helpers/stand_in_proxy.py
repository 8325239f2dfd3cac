"""A program that behaves as the proxy process does, well or badly, without LiteLLM.

Takes the arguments of `callbacks.serve` and answers `GET /ccglm/ready`. What it does badly comes from
`STAND_IN`, words separated by spaces:

    warm=SECONDS    it turns warm only after so long
    crash=CODE      writes two lines and ends before it listens
    stubborn        ignores SIGTERM
    child           starts another process that outlives SIGTERM
    wrong-id        answers with somebody else's run id
    silent          never listens
    cools           is warm only the first time it is asked
    refuses         answers 401 to everything but the question whether it is ready
    dump=FILE       writes its environment there, as JSON
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override

SLEEPER = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    told: dict[str, str] = {}
    for word in os.environ.get("STAND_IN", "").split():
        name, _, value = word.partition("=")
        told[name] = value
    sys.stdout.write(f"stand-in: {sys.argv[1:]}\n")
    sys.stdout.flush()
    if "dump" in told:
        Path(told["dump"]).write_text(json.dumps(dict(os.environ)))
    if "crash" in told:
        sys.stderr.write("Traceback: something broke\nRuntimeError: no luck, modèle inconnu\n")
        raise SystemExit(int(told["crash"]))
    if "stubborn" in told:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if "child" in told:
        subprocess.Popen([sys.executable, "-c", SLEEPER])
    if "silent" in told:
        time.sleep(600)
    serve(options.host, options.port, told)


def serve(host: str, port: int, told: dict[str, str]) -> None:
    warm_at = time.monotonic() + float(told.get("warm", "0"))
    run_id = "somebody-else" if "wrong-id" in told else os.environ["CCGLM_RUN_ID"]

    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cooled = "cools" in told and len(asked) > 0
            asked.append(self.path)
            answer = {
                "run_id": run_id,
                "pid": os.getpid(),
                "ready": True,
                "warm": time.monotonic() >= warm_at and not cooled,
                "version": "0.1.0",
            }
            body = json.dumps(answer).encode()
            refused = "refuses" in told and self.path != "/ccglm/ready"
            self.send_response(401 if refused else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    ThreadingHTTPServer((host, port), Handler).serve_forever()


if __name__ == "__main__":
    main()
