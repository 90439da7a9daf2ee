"""Rows of problems, a JSON document a line, as the parquet files that verl reads."""

import sys

import pyarrow.json
import pyarrow.parquet


def main():
    for name in sys.argv[1:]:
        table = pyarrow.json.read_json(f"{name}.jsonl")
        pyarrow.parquet.write_table(table, f"{name}.parquet")
        print(f"{name}.parquet: {table.num_rows} rows", flush=True)


if __name__ == "__main__":
    main()
