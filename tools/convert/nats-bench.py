#!/usr/bin/env python3
"""Makes one CSV of the official NATS-Bench or NAS-Bench-201 files, which are pickles.

    python3 tools/convert/nats-bench.py NATS-tss-v1_0-3ffb9-simple nb201.csv
    python3 tools/convert/nats-bench.py NATS-sss-v1_0-50262-simple sss.csv
    archer data import nas-bench-201 --file nb201.csv
    archer data import nats-size --file sss.csv

SOURCE is the folder with 000000.pickle.pbz2, 000001.pickle.pbz2, ... (unpack the .tar first), or
single such files. Python's standard library is enough. Loading a pickle can run any code that its
author put there; this reader knows the few types that the benchmark needs and refuses all others.

Accuracies are means over the runs (seeds) of a training, in percent, four decimals. The columns are
those of the benchmark's page; a value that no record has is left empty. `seconds_per_epoch_*` is
the authors' recorded training time. Files of single NAS-Bench-201 releases (.pth) hold all
architectures in one pickle of several GB: they are refused; take the NATS-Bench "simple" folder.
"""

import argparse
import bz2
import collections
import io
import pickle
import struct
import sys
from pathlib import Path

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")

# Per training set, our columns and the names of their evaluations.
VALID, TEST = "x-valid", "x-test"
SETS = {
    "cifar10-valid": {"c10_valid": VALID, "c10h_test": "ori-test"},
    "cifar10": {"c10_test": "ori-test"},
    "cifar100": {"c100_valid": VALID, "c100_test": TEST},
    "ImageNet16-120": {"in16_valid": VALID, "in16_test": TEST},
}
# What costs and times are named after; c10h is the half of CIFAR-10 that leaves a validation set.
SHORT = {"cifar10-valid": "c10h", "cifar10": "c10", "cifar100": "c100", "ImageNet16-120": "in16"}
KEYS = ("index", "ops", "arch", "channels")


class Dtype:
    """Stands for numpy.dtype: only its code and byte order are kept."""

    def __init__(self, code, *_):
        self.code = code
        self.order = "<"

    def __setstate__(self, state):
        self.order = state[1] if state[1] in "<>" else "<"


def scalar(dtype, content=b""):
    """Stands for numpy's scalars: a Python number."""
    formats = {"f8": "d", "f4": "f", "i8": "q", "i4": "i", "u8": "Q", "u4": "I"}
    if dtype.code not in formats:
        raise pickle.UnpicklingError(f"a numpy scalar of type {dtype.code}")
    if isinstance(content, str):
        content = content.encode("latin-1")
    return struct.unpack(dtype.order + formats[dtype.code], content)[0]


ALLOWED = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("numpy", "dtype"): Dtype,
    ("numpy.core.multiarray", "scalar"): scalar,
    ("numpy._core.multiarray", "scalar"): scalar,
}


class Reader(pickle.Unpickler):
    """An unpickler that makes numbers, text, lists and dictionaries, and nothing else."""

    def find_class(self, module, name):
        if (module, name) in ALLOWED:
            return ALLOWED[module, name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no record needs")

    def persistent_load(self, identity):
        raise pickle.UnpicklingError(f"it refers to outside data, {identity!r}")


def read_record(path):
    """The record of one architecture: budgets in epochs, as text, to results."""
    content = Path(path).read_bytes()
    if content[:3] == b"BZh":
        content = bz2.decompress(content)
    if content[:2] in (b"PK", b"\x80\x02"):
        raise pickle.UnpicklingError("this is a file of torch, not a NATS-Bench record")
    record = Reader(io.BytesIO(content)).load()
    if not isinstance(record, dict) or not all(is_result(one) for one in record.values()):
        raise pickle.UnpicklingError("this is no record of one architecture")
    return record


def is_result(value):
    return isinstance(value, dict) and {"arch_index", "arch_str", "all_results"} <= set(value)


def runs_of(result, training_set):
    """The runs of a training set, by seed."""
    return [run for (name, _), run in result["all_results"].items() if name == training_set]


def accuracy(run, split):
    """The accuracy after the last epoch; None where it was not measured."""
    return run["eval_acc1es"].get(f"{split}@{run['epochs'] - 1}")


def mean(values):
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else None


def decimals(value, places=4):
    """Without trailing zeros, as the published tables write numbers."""
    if value is None:
        return ""
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def row_of(record):
    """A dictionary from column to text."""
    row = {}
    for budget, result in sorted(record.items(), key=lambda item: int(item[0])):
        row.update(keys_of(result))
        epochs = str(int(budget))
        for training_set, columns in SETS.items():
            runs = runs_of(result, training_set)
            for column, split in columns.items():
                value = mean([accuracy(run, split) for run in runs])
                row[f"{column}_{epochs}"] = decimals(value)
            short = SHORT[training_set]
            row[f"seconds_per_epoch_{short}"] = decimals(mean(times_of(runs)), 6)
            if runs and short != "c10h":
                row[f"params_{short}"] = decimals(runs[0]["params"] * 1e6, 0)
                row[f"flops_{short}"] = decimals(runs[0]["flop"] * 1e6, 0)
    return row


def times_of(runs):
    return [mean(list(run["train_times"].values())) for run in runs if run.get("train_times")]


def keys_of(result):
    index, arch = result["arch_index"], result["arch_str"]
    if ":" in arch:
        return {"index": str(index), "channels": arch}
    edges = [edge.split("~")[0] for node in arch.split("+") for edge in node.strip("|").split("|")]
    return {"index": str(index), "ops": "".join(str(OPERATIONS.index(e)) for e in edges), "arch": arch}


def sources(paths):
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        files = sorted(file for file in path.iterdir() if file.name[:6].isdigit())
        if not files:
            raise SystemExit(f"{path} has no files 000000.pickle.pbz2, 000001.pickle.pbz2, …")
        yield from files


def header_of(rows):
    """Keys, accuracies, costs, times; columns that no row has a value for are left out."""
    names = dict.fromkeys(name for row in rows for name in row)
    kept = [name for name in names if any(row.get(name) for row in rows)]
    return sorted(kept, key=place)


def place(name):
    costs = ("params", "flops", "seconds")
    return name not in KEYS, next((at + 1 for at, cost in enumerate(costs) if name.startswith(cost)), 0)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("source", nargs="+", help="the folder, or single record files")
    parser.add_argument("target", help="the CSV file to write")
    options = parser.parse_args(arguments)
    rows = []
    for path in sources(options.source):
        try:
            rows.append(row_of(read_record(path)))
        except (pickle.UnpicklingError, EOFError, OSError, KeyError, TypeError, ValueError) as error:
            raise SystemExit(f"{path} cannot be converted: {error}")
        if len(rows) % 1000 == 0:
            print(f"{len(rows)} architectures", file=sys.stderr)
    rows.sort(key=lambda row: int(row["index"]))
    header = header_of(rows)
    lines = [",".join(header)] + [",".join(row.get(name, "") for name in header) for row in rows]
    Path(options.target).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"wrote {options.target}: {len(rows)} architectures", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
