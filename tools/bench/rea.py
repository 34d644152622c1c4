"""Regularised evolution on NAS-Bench-201 as a plain Python script: what Archer is compared with.

python3 rea.py TABLE.csv.gz COLUMN POPULATION SAMPLE EVALUATIONS TIMES

Prints one line of JSON. Reading the table is not timed.
"""

import collections
import csv
import gzip
import json
import random
import statistics
import sys
import time

OPERATIONS = 5
EDGES = 6


def read_table(path, column):
    with gzip.open(path, "rt", newline="") as file:
        rows = csv.DictReader(file)
        return {tuple(map(int, row["ops"])): float(row[column]) for row in rows}


def random_cell(rng):
    return tuple(rng.randrange(OPERATIONS) for _ in range(EDGES))


def mutate(cell, rng):
    edge = rng.randrange(EDGES)
    operation = rng.randrange(OPERATIONS - 1)
    if operation >= cell[edge]:
        operation += 1
    return cell[:edge] + (operation,) + cell[edge + 1 :]


def regularised_evolution(table, population_size, sample_size, evaluations, rng):
    population = collections.deque()
    history = []
    while len(population) < population_size:
        cell = random_cell(rng)
        model = (table[cell], cell)
        population.append(model)
        history.append(model)
    while len(history) < evaluations:
        parent = max(rng.choices(population, k=sample_size))
        cell = mutate(parent[1], rng)
        model = (table[cell], cell)
        population.append(model)
        history.append(model)
        population.popleft()
    return max(history)


def main():
    path, column, *numbers = sys.argv[1:]
    population_size, sample_size, evaluations, times = map(int, numbers)
    table = read_table(path, column)
    wall, cpu = time.perf_counter(), time.process_time()
    best = [
        regularised_evolution(table, population_size, sample_size, evaluations, random.Random(seed))
        for seed in range(times)
    ]
    result = {
        "seconds": time.perf_counter() - wall,
        "cpuSeconds": time.process_time() - cpu,
        "evaluations": evaluations * times,
        "mean": statistics.mean(accuracy for accuracy, _ in best),
        "version": f"Python {sys.version.split()[0]}",
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
