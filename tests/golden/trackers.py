"""Files of trackers as their own packages write them: tensorboard 2.21.0, wandb 0.31.0.

python tests/golden/trackers.py > tests/golden/trackers.json
"""

import io
import json

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter
from wandb.proto import wandb_internal_pb2

START = 1767225600  # 2026-01-01T00:00:00Z


def tensorboard() -> str:
    out = io.BytesIO()
    writer = RecordWriter(out)
    writer.write(event_pb2.Event(wall_time=START, file_version="brain.Event:2").SerializeToString())
    for time, step, figures in (
        (START, 2, {"train/reward": 0.375}),
        (START + 61.5, 300, {"train/reward": 0.1, "evaluation/a/mean/pass@1": -2.5}),
    ):
        values = [summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in figures.items()]
        event = event_pb2.Event(wall_time=time, step=step, summary=summary_pb2.Summary(value=values))
        writer.write(event.SerializeToString())
    return out.getvalue().hex()


def wandb() -> list[str]:
    run = wandb_internal_pb2.Record(num=1)
    run.run.run_id, run.run.project, run.run.display_name = "ab", "mini", "arm-s3"
    run.run.start_time.seconds = START
    add(run.run.config.update, {"samples": 5})
    histories = []
    for num, time, step, figures in (
        (2, START, 2, {"train/reward": 0.375}),
        (3, START + 61.5, 300, {"train/reward": 0.1, "evaluation/a/mean/pass@1": -2.5}),
    ):
        history = wandb_internal_pb2.Record(num=num)
        add(history.history.item, {**figures, "_step": step, "_timestamp": time})
        history.history.step.num = step
        histories.append(history)
    summary = wandb_internal_pb2.Record(num=4)
    add(summary.summary.update, {"train/reward": 0.1, "evaluation/a/mean/pass@1": -2.5})
    end = wandb_internal_pb2.Record(num=5)
    end.exit.exit_code = 1
    return [record.SerializeToString().hex() for record in (run, *histories, summary, end)]


def add(items, values) -> None:
    for key, value in values.items():
        item = items.add()
        item.key, item.value_json = key, json.dumps(value)


print(json.dumps({"tensorboard": tensorboard(), "wandb": wandb()}, indent=2))
