"""PyTorch's side of the recurrent bench: the same cell, loss and step in eager mode, one thread.

Reads a JSON job and prints the sum of the losses and the median of tokens per second of processor
time. The weights start from the same range, not from the same numbers.
"""

import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

ACTIVATIONS = [torch.tanh, torch.relu, torch.sigmoid, lambda v: v]
RANGE = 0.04


def uniform(*shape):
    return ((2 * torch.rand(*shape) - 1) * RANGE).requires_grad_()


def main():
    job = json.loads(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(1)
    width, lanes, window, vocabulary = (job[name] for name in ("width", "lanes", "window", "vocabulary"))
    cell = job["cell"]
    read = {source for source, _ in cell[1:]}
    ends = [at for at in range(len(cell)) if at not in read]
    table, bias = uniform(vocabulary, width), torch.zeros(vocabulary, requires_grad=True)
    first = uniform(2 * width, 2 * width)
    rest = [uniform(width, 2 * width) for _ in cell[1:]]
    parameters = [table, bias, first, *rest]
    count = lanes * (window + 1)
    tokens = (torch.arange(count) ** 2 % vocabulary).reshape(lanes, window + 1)
    losses, rates = 0.0, []
    for _ in range(job["warmUp"] + job["steps"]):
        begin = time.process_time()
        embedded = F.embedding(tokens[:, :-1].t(), table)
        h, states = torch.zeros(lanes, width), []
        for x in embedded:
            c, v = (torch.cat([x, h], 1) @ first).chunk(2, 1)
            nodes = [h + torch.sigmoid(c) * (ACTIVATIONS[cell[0][1]](v) - h)]
            for (source, activation), weights in zip(cell[1:], rest):
                s = nodes[source]
                c, v = (s @ weights).chunk(2, 1)
                nodes.append(s + torch.sigmoid(c) * (ACTIVATIONS[activation](v) - s))
            h = sum(nodes[at] for at in ends) / len(ends)
            states.append(h)
        logits = torch.cat(states) @ table.t() + bias
        loss = F.cross_entropy(logits, tokens[:, 1:].t().reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 0.25)
        with torch.no_grad():
            for parameter in parameters:
                parameter -= parameter.grad
                parameter.grad = None
        losses += loss.item()
        rates.append(lanes * window / (time.process_time() - begin))
    rate = statistics.median(rates[job["warmUp"] :])
    print(json.dumps({"loss": losses, "tokensPerSecond": rate}))


main()
