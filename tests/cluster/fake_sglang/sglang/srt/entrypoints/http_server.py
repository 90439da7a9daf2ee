"""What the start script uses of SGLang's server: an application that takes middleware, and what starts it."""

import asyncio
import dataclasses
import json

ANSWER = {
    "text": "five",
    "meta_info": {
        "completion_tokens": 2,
        "output_topk_prob_list": [[0.9, 0.1]],
        "output_topk_idx_list": [[3, 5]],
        "output_topk_gumbel_list": [[0.5, -0.5]],
    },
}


class App:
    def __init__(self):
        self.outer = self.answer

    def add_middleware(self, middleware):
        self.outer = middleware(self.outer)

    async def answer(self, scope, receive, send):
        body = json.dumps([ANSWER, ANSWER]).encode() if scope["path"] == "/generate" else b"plain"
        headers = [(b"Content-Length", str(len(body)).encode()), (b"x-own", b"kept")]
        await send({"type": "http.response.start", "status": 207, "headers": headers})
        await send({"type": "http.response.body", "body": body[:9], "more_body": True})
        await send({"type": "http.response.body", "body": body[9:]})


app = App()


def ask(path):
    """The status, the headers and the whole body that a client would get."""
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(app.outer({"type": "http", "path": path}, None, send))
    start = sent[0]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return {"status": start["status"], "headers": headers, "body": body.decode(), "bytes": len(body)}


def launch_server(server_args):
    print(json.dumps({
        "settings": dataclasses.asdict(server_args),
        "generate": ask("/generate"),
        "other": ask("/health"),
    }))
