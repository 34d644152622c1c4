// biome-ignore-all lint/suspicious/noExplicitAny: architectures are of the space's type, known only at run time
import type { Evaluation, Proposal, Report, SearchSpace, State, Table } from '@archer-nas/core';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The science of a report as a journal line's body. Architectures are written in the
 * space's notation; per-site arrays of evaluations (`signals`) are not journalled.
 */
export function reportBody(report: Report, space: SearchSpace<any>): State {
  const { metrics, tables, notes, proposals, evaluations, evaluated } = report;
  return defined({
    metrics,
    tables: tables && mapValues(tables, tableBody),
    notes,
    proposals: proposals?.map((proposal) => proposalBody(proposal, space)),
    evaluations: evaluations?.map((evaluation) => evaluationBody(evaluation, space)),
    evaluated: evaluated?.map(({ arm, repeat, from, log }) => ({ arm, repeat, from, log })),
  });
}

/** A table as a state. */
export function tableBody({ title, columns, rows, notes }: Table): State {
  return defined({ title, columns, rows, notes });
}

/** Tables by name as a state. */
export function tablesBody(tables: Readonly<Record<string, Table>>): State {
  return mapValues(tables, tableBody);
}

/** An evaluation as a state, without the proposal's identity in the sampler. */
export function evaluationBody(
  { proposal, budget, metrics, curve, cost, status, reason }: Evaluation<any>,
  space: SearchSpace<any>,
): State {
  const points = curve?.map(({ at, value }) => ({ at, value }));
  const own = { proposal: proposalBody(proposal, space), budget, metrics, curve: points };
  return defined({ ...own, cost: defined({ ...cost }), status, reason });
}

function proposalBody(
  { id, architecture, budget, parent, continues, weight }: Proposal<any>,
  space: SearchSpace<any>,
): State {
  const notation = space.format(architecture);
  return defined({ id, architecture: notation, budget, parent, continues, weight });
}

/** Without the fields that are `undefined`: a state has none. */
export function defined(fields: Fields): { readonly [key: string]: State } {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, State] => entry[1] !== undefined),
  );
}

function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => State): State {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
