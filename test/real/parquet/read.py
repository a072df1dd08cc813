# Reads an archive of Parquet with pyarrow, pandas and DuckDB, and prints what they see: read.py FOLDER
import glob
import json
import sys

import duckdb
import pandas
import pyarrow.parquet

folder = sys.argv[1]
files = sorted(glob.glob(f"{folder}/year=*/month=*/day=*/*.parquet"))
tables = [pyarrow.parquet.ParquetFile(file).read() for file in files]
frame = pandas.concat(pandas.read_parquet(file, partitioning=None) for file in files)
types = {field.name: str(field.type) for field in tables[0].schema}
query = f"""
    SELECT CAST(year AS INT), CAST(month AS INT), CAST(day AS INT), count(*), count(DISTINCT uid), min(epoch_us(event_time)), max(typeof(event_time))
    FROM read_parquet('{folder}/year=*/month=*/day=*/*.parquet', hive_partitioning = true)
    GROUP BY ALL ORDER BY ALL
"""
records = [
    record if record is not None else base64
    for table in tables
    for record, base64 in zip(table["record"].to_pylist(), table["record_base64"].to_pylist())
]
print(
    json.dumps(
        {
            "types": types,
            "groups": [pyarrow.parquet.read_metadata(file).num_row_groups for file in files],
            "records": records,
            "pandas": [len(frame), int(frame.uid.nunique()), str(frame.event_time.dtype)],
            "actions": frame.action.value_counts().to_dict(),
            "duckdb": duckdb.sql(query).fetchall(),
        }
    )
)
