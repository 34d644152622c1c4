"""PyTorch's side of the engine bench: the same network and step, one process per configuration.

Reads one JSON job per line and answers with one JSON line; see worker.mjs. The cell below runs
what Archer's supernet runs: `none` costs nothing and edges into dead nodes are left out.
"""

import json
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

EDGES = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
STAGES = 3


def batch_norm(channels):
    return nn.BatchNorm2d(channels, affine=False, track_running_stats=False)


def relu_conv_bn(kernel, inputs, outputs, stride=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(nn.ReLU(), conv, batch_norm(outputs))


def separable(channels, kernel, dilation):
    padding = kernel // 2 * dilation
    depthwise = nn.Conv2d(
        channels, channels, kernel, 1, padding, dilation, groups=channels, bias=False
    )
    pointwise = nn.Conv2d(channels, channels, 1, bias=False)
    return nn.Sequential(nn.ReLU(), depthwise, pointwise, batch_norm(channels))


def operation(name, channels):
    if name == "skip_connect":
        return nn.Identity()
    if name == "avg_pool_3x3":
        return nn.AvgPool2d(3, 1, 1, count_include_pad=False)
    if name.startswith("nor_conv"):
        return relu_conv_bn(int(name[-1]), channels, channels)
    kernel = int(name[-1])
    if name.startswith("dil_conv"):
        return separable(channels, kernel, 2)
    return nn.Sequential(separable(channels, kernel, 1), separable(channels, kernel, 1))


class Cell(nn.Module):
    """All operations that some path of the bench takes, by edge."""

    def __init__(self, channels, paths):
        super().__init__()
        self.edges = nn.ModuleList()
        for edge in range(len(EDGES)):
            used = sorted({path[edge] for path in paths} - {"none"})
            self.edges.append(nn.ModuleDict({name: operation(name, channels) for name in used}))

    def forward(self, x, path):
        live = {3}
        for edge in reversed(range(len(EDGES))):
            source, target = EDGES[edge]
            if target in live and path[edge] != "none":
                live.add(source)
        nodes = [x, None, None, None]
        for edge, (source, target) in enumerate(EDGES):
            if path[edge] == "none" or target not in live or nodes[source] is None:
                continue
            y = self.edges[edge][path[edge]](nodes[source])
            nodes[target] = y if nodes[target] is None else nodes[target] + y
        return torch.zeros_like(x) if nodes[3] is None else nodes[3]


class Reduction(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = relu_conv_bn(3, channels, 2 * channels, 2)
        self.second = relu_conv_bn(3, 2 * channels, 2 * channels)
        shortcut = nn.Conv2d(channels, 2 * channels, 1, bias=False)
        self.shortcut = nn.Sequential(nn.AvgPool2d(2), shortcut)

    def forward(self, x):
        return self.second(self.first(x)) + self.shortcut(x)


class Network(nn.Module):
    def __init__(self, job):
        super().__init__()
        channels = job["channels"]
        self.stem = nn.Sequential(nn.Conv2d(3, channels, 3, 1, 1, bias=False), batch_norm(channels))
        self.blocks = nn.ModuleList()
        for stage in range(STAGES):
            if stage > 0:
                self.blocks.append(Reduction(channels))
                channels *= 2
            self.blocks.extend(Cell(channels, job["paths"]) for _ in range(job["cells"]))
        pool = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, job["classes"])]
        self.head = nn.Sequential(batch_norm(channels), nn.ReLU(), *pool)

    def forward(self, x, path):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x, path) if isinstance(block, Cell) else block(x)
        return self.head(x)


class Worker:
    def __init__(self, job):
        self.job = job
        torch.set_num_threads(job["threads"])
        torch.manual_seed(0)
        self.resident = status_kib("VmRSS")
        layout = torch.channels_last if job["layout"] == "nhwc" else torch.contiguous_format
        self.model = Network(job).to(memory_format=layout)
        images = torch.randn(job["batch"], 3, job["image"], job["image"])
        self.images = images.to(memory_format=layout)
        self.labels = torch.randint(0, job["classes"], (job["batch"],))
        sgd = job["sgd"]
        self.optimiser = torch.optim.SGD(
            self.model.parameters(),
            lr=sgd["learningRate"],
            momentum=sgd["momentum"],
            weight_decay=sgd["weightDecay"],
            fused=True,
        )
        # Fused SGD fails where some parameters have had a gradient and others have not.
        for parameter in self.model.parameters():
            self.optimiser.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
        self.run = torch.compile(self.model) if job["compile"] else self.model

    def forward(self, path):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.job["precision"] == "bf16"):
            return self.run(self.images, path)

    def train(self, path):
        self.optimiser.zero_grad()
        loss = F.cross_entropy(self.forward(path).float(), self.labels)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.job["sgd"]["clip"])
        self.optimiser.step()
        return loss.item()

    @torch.inference_mode()
    def evaluate(self, path):
        return (self.forward(path).argmax(1) == self.labels).sum().item()

    def time(self, phase, seconds, least):
        """Milliseconds of whole cycles over the paths, until both limits are reached."""
        step = self.train if phase == "train" else self.evaluate
        samples, start, last = [], time.perf_counter(), None
        while len(samples) < least or time.perf_counter() - start < seconds:
            begin = time.perf_counter()
            for path in self.job["paths"]:
                last = step(path)
            samples.append((time.perf_counter() - begin) * 1e3)
        return {"ms": samples, "images": self.job["batch"] * len(self.job["paths"]), "last": last}

    def describe(self):
        return {
            "version": torch.__version__,
            "description": torch.__config__.parallel_info().splitlines()[0],
            "threads": torch.get_num_threads(),
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "residentKib": self.resident,
        }


def status_kib(field):
    """A field of /proc/self/status in KiB; None where there is no such file."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
    except OSError:
        pass
    return None


def reset_peak():
    """From here on VmHWM is the peak of what follows, without the compiler's."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass
    return {}


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever libraries print is not an answer
    worker = Worker(json.loads(sys.argv[1]))
    verbs = {
        "describe": worker.describe,
        "time": worker.time,
        "resetPeak": reset_peak,
        "peak": lambda: {"kib": status_kib("VmHWM")},
    }
    for line in sys.stdin:
        request = json.loads(line)
        verb = request.pop("verb")
        answers.write(json.dumps(verbs[verb](**request)) + "\n")


if __name__ == "__main__":
    main()
