"""Tests of nats-bench.py on records that are pickled here: python3 -m unittest, in this folder.

With the environment variable NATS_SAMPLES (a folder with nas-bench-201/ and nats-bench-sss/) also
on the complete official records of three architectures, against the published tables.
"""

import bz2
import collections
import csv
import gzip
import importlib.util
import io
import json
import os
import pickle
import struct
import sys
import tempfile
import types
import unittest
from pathlib import Path

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("nats_bench", HERE / "nats-bench.py")
nats_bench = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(nats_bench)

SAMPLES = Path(os.environ.get("NATS_SAMPLES", "/nowhere"))
ARCH = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|none~2|"


class NumpyScalar:
    """Is pickled as numpy pickles a float64, without numpy."""

    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return scalar, (NumpyDtype(), struct.pack("<d", self.value))


class NumpyDtype:
    def __reduce__(self):
        return dtype, ("f8", False, True), (3, "<", None, None, None, -1, -1, 0)


def scalar(*_):
    raise AssertionError("only its name is pickled")


def dtype(*_):
    raise AssertionError("only its name is pickled")


def as_numpy():
    """Puts the two functions where numpy has them, so that pickle writes those names."""
    scalar.__module__, dtype.__module__ = "numpy.core.multiarray", "numpy"
    for name in ("numpy", "numpy.core", "numpy.core.multiarray"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["numpy"].dtype = dtype
    sys.modules["numpy.core.multiarray"].scalar = scalar


as_numpy()


def run(dataset, seed, epochs, accuracies, seconds=2.0):
    """One training as the official files have it; accuracies after the last epoch, by split."""
    return (dataset, seed), {
        "epochs": epochs,
        "seed": seed,
        "params": NumpyScalar(0.129306),
        "flop": 15.64737,
        "train_times": {epoch: seconds for epoch in range(epochs)},
        "eval_acc1es": {f"{split}@{epochs - 1}": value for split, value in accuracies.items()},
    }


def result(index, arch, runs):
    return {"arch_index": index, "arch_str": arch, "all_results": collections.OrderedDict(runs)}


def record(index=0, arch=ARCH):
    runs = [
        run("cifar10-valid", 777, 12, {"x-valid": 60.0, "ori-test": 59.0}),
        run("cifar10-valid", 888, 12, {"x-valid": 61.0, "ori-test": 60.5}),
        run("cifar10", 777, 12, {"ori-test": 70.125}, seconds=4.0),
    ]
    return collections.OrderedDict({"12": result(index, arch, runs)})


def convert(records):
    """The rows that main writes for records, in a folder as the official one."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        source.mkdir()
        for one in records:
            index = next(iter(one.values()))["arch_index"]
            content = bz2.compress(pickle.dumps(one, protocol=4))
            Path(source, f"{index:06d}.pickle.pbz2").write_bytes(content)
        Path(source, "meta.pickle.pbz2").write_bytes(b"is not read")
        target = Path(folder, "out.csv")
        nats_bench.main([str(source), str(target)])
        return list(csv.DictReader(io.StringIO(target.read_text())))


class ConversionTest(unittest.TestCase):
    def test_averages_the_runs_and_keeps_one_row_per_architecture(self):
        first, second = convert([record(7), record(3)])
        self.assertEqual([first["index"], second["index"]], ["3", "7"])
        self.assertEqual(first["ops"], "421210")
        self.assertEqual(first["arch"], ARCH)
        self.assertEqual(first["c10_valid_12"], "60.5")
        self.assertEqual(first["c10h_test_12"], "59.75")
        self.assertEqual(first["c10_test_12"], "70.125")
        self.assertEqual(first["params_c10"], "129306")
        self.assertEqual(first["flops_c10"], "15647370")
        self.assertEqual(first["seconds_per_epoch_c10h"], "2")
        self.assertEqual(first["seconds_per_epoch_c10"], "4")

    def test_leaves_out_columns_that_nothing_is_known_of(self):
        self.assertNotIn("c100_test_12", convert([record()])[0])

    def test_writes_sizes_as_channels(self):
        self.assertEqual(convert([record(1, "8:8:8:8:16")])[0]["channels"], "8:8:8:8:16")


class Attack:
    def __reduce__(self):
        return os.system, ("echo attacked",)


class RefusalTest(unittest.TestCase):
    def refuse(self, content, reason):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "000000.pickle.pbz2")
            path.write_bytes(content)
            with self.assertRaisesRegex(SystemExit, reason):
                nats_bench.main([str(path), str(Path(folder, "out.csv"))])
            self.assertFalse(Path(folder, "out.csv").exists())

    def test_calls_nothing_that_a_pickle_asks_for(self):
        self.refuse(bz2.compress(pickle.dumps(Attack(), 4)), "it asks for (posix|nt).system")
        self.refuse(pickle.dumps(Attack(), 4), "it asks for (posix|nt).system")

    def test_refuses_torch_files_other_pickles_and_broken_files(self):
        self.refuse(b"PK\x03\x04", "a file of torch")
        self.refuse(b"\x80\x02\x8a\x0a", "a file of torch")
        self.refuse(pickle.dumps([1], 4), "no record of one architecture")
        self.refuse(bz2.compress(pickle.dumps(record(), 4))[:200], "cannot be converted")

    def test_names_a_folder_without_records(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(SystemExit, "has no files 000000"):
                nats_bench.main([folder, str(Path(folder, "out.csv"))])


def official(sample):
    """A record of the samples, which are JSON, as the official pickle has it."""
    return {
        budget: result(
            content["arch_index"],
            content["arch_str"],
            [
                run(
                    one["dataset"],
                    one["seed"],
                    one["epochs"],
                    {split: values["acc1"][-1] for split, values in one["eval"].items()},
                    one["train_time_s_per_epoch"],
                )
                for one in content["runs"]
            ],
        )
        for budget, content in sample.items()
    }


@unittest.skipUnless(SAMPLES.is_dir(), "no official samples")
class OfficialTest(unittest.TestCase):
    def check(self, samples, table, accuracies):
        content = json.loads(gzip.decompress(Path(SAMPLES, samples).read_bytes()))
        text = gzip.decompress(Path(SAMPLES, table).read_bytes()).decode()
        published = {row["index"]: row for row in csv.DictReader(io.StringIO(text))}
        rows = convert([official(sample) for sample in content.values()])
        self.assertEqual(len(rows), 3)
        for row in rows:
            shared = [name for name in accuracies if name in published[row["index"]]]
            self.assertEqual(len(shared), len(accuracies))
            for name in shared:
                self.assertEqual(row[name], published[row["index"]][name], name)

    def test_topology_records_give_the_published_row(self):
        columns = ["index", "ops", "arch"] + [
            f"{column}_{epochs}"
            for epochs in (12, 200)
            for column in ("c10_valid", "c10_test", "c100_valid", "c100_test", "in16_valid", "in16_test")
        ]
        self.check(
            "nas-bench-201/nb201-official-samples.json.gz",
            "nas-bench-201/nb201.csv.gz",
            columns + ["c10h_test_200"],
        )

    def test_size_records_give_the_published_row(self):
        self.check(
            "nats-bench-sss/sss-official-samples.json.gz",
            "nats-bench-sss/sss.csv.gz",
            ["index", "channels", "c10_test_90", "c100_test_90", "in16_test_90"],
        )


if __name__ == "__main__":
    unittest.main()
