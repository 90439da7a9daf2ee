"""Starts the SGLang of the released SofT-GRPO as a server that thinks softly.

Its own command line cannot: it reads settings from the parsed arguments that it has no options for. This script makes the
settings in Python, refuses an SGLang that does not know them, and takes the lists of mixtures out of every answer: they
are several megabytes a sample, and no score needs them.
"""

import argparse
import dataclasses
import json
import sys

# One server has one noise: the first request's noise would serve the whole batch.
NOISE = {
    "enable_soft_thinking": True,
    "add_noise_gumbel_softmax": True,
    "add_noise_dirichlet": False,
    "noise_gumbel": True,
    "noise_on_logits": True,
}
# Soft thinking was written for this sampler, without captured graphs or overlapping batches.
SAMPLER = {
    "sampling_backend": "flashinfer",
    "disable_cuda_graph": True,
    "disable_overlap_schedule": True,
}
MIXTURES = "output_topk_"


def read_arguments(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="checkpoint folder")
    parser.add_argument("--max-topk", type=int, required=True, help="tokens of a mixture: the decoding's top-k")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=30000)
    parser.add_argument("--seed", type=int, default=1, help="of the whole server; requests have none of their own")
    parser.add_argument("--devices", type=int, default=1, help="GPUs that share the model")
    parser.add_argument("--memory", type=float, default=0.8, help="share of a GPU's memory for weights and cache")
    return parser.parse_args(words)


def server_settings(server_args, given):
    """The settings as this SGLang's own class of them."""
    settings = {
        "model_path": given.model,
        "host": given.host,
        "port": given.port,
        "random_seed": given.seed,
        "tp_size": given.devices,
        "mem_fraction_static": given.memory,
        "max_topk": given.max_topk,
        **NOISE,
        **SAMPLER,
    }
    known = {field.name for field in dataclasses.fields(server_args)}
    unknown = sorted(set(settings) - known)
    if unknown:
        sys.exit(
            f"Cannot start: this SGLang does not know {', '.join(unknown)}; "
            "expected the one in github.com/zz1358m/SofT-GRPO-master"
        )
    return server_args(**settings)


def without_mixtures(value):
    """An answer, or a list of them, without the lists of K values a token."""
    if isinstance(value, list):
        return [without_mixtures(one) for one in value]
    if isinstance(value, dict) and isinstance(value.get("meta_info"), dict):
        kept = {key: own for key, own in value["meta_info"].items() if not key.startswith(MIXTURES)}
        return {**value, "meta_info": kept}
    return value


class LeaveOutMixtures:
    """Between the server and the network: answers of `/generate` come out without their mixtures."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"] != "/generate":
            return await self.app(scope, receive, send)
        start, parts = None, []

        async def collect(message):
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                return await send(message)
            parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            body = b"".join(parts)
            try:
                body = json.dumps(without_mixtures(json.loads(body))).encode()
            except ValueError:
                pass  # An error in plain text goes through as it is.
            headers = [header for header in start["headers"] if header[0].lower() != b"content-length"]
            headers.append((b"content-length", str(len(body)).encode()))
            await send({**start, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, collect)


def main(words):
    given = read_arguments(words)
    from sglang.srt.entrypoints import http_server
    from sglang.srt.server_args import ServerArgs

    settings = server_settings(ServerArgs, given)
    http_server.app.add_middleware(LeaveOutMixtures)
    http_server.launch_server(settings)


if __name__ == "__main__":
    main(sys.argv[1:])
