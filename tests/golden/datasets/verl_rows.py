"""Writes verl_rows.parquet: two made-up rows in the columns of verl's training files. Run with pyarrow 26.0.1."""
import pyarrow as pa
import pyarrow.parquet as pq

INSTRUCTION = " Let's think step by step and output the final answer within \\boxed{}."
rows = [("What is 2+3?", "5"), ("Let $x=7$.\nFind $x^2$.", "49")]
table = pa.table({
    "data_source": ["" for _ in rows],
    "prompt": [[{"content": question + INSTRUCTION, "role": "user"}] for question, _ in rows],
    "reward_model": [{"ground_truth": answer, "style": "rule"} for _, answer in rows],
})
pq.write_table(table, "verl_rows.parquet", compression="snappy")
