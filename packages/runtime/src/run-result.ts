import type { JournalLine, ResolvedManifest, State, Table } from '@archer-nas/core';
import { studyIdentity } from '@archer-nas/core';
import { FORMAT } from './format.ts';
import { field } from './journal-reader.ts';
import type { Answer, RunResult, StudyAnswer } from './read-run.ts';

/** What a result says of its run besides the answers. */
export interface ResultFacts {
  readonly profile: string;
  readonly seed: number;
  /** Identity of the search. */
  readonly identity: string;
}

/**
 * The result of a finished run, from its journal alone: an interrupted run and one that was
 * not give the same bytes.
 */
export function resultOf(
  lines: readonly JournalLine[],
  { manifest }: ResolvedManifest,
  facts: ResultFacts,
): RunResult {
  const results = lines.filter((line) => line.kind === 'science' && line.event === 'result');
  const search = results.findLast(({ job }) => job === 'search');
  const studies = results.flatMap((line): StudyAnswer[] => {
    const [kind, position, id] = line.job.split(':');
    const index = Number(position);
    const block = manifest.study[index];
    if (kind !== 'study' || id === undefined || block === undefined) return [];
    const searchAt = Number(field(line.body, 'searchAt'));
    const identity = studyIdentity(facts.identity, block);
    return [{ index, id, searchAt, identity, ...answerOf(line.body) }];
  });
  studies.sort((a, b) => a.index - b.index || a.searchAt - b.searchAt);
  return {
    format: FORMAT.result,
    experiment: manifest.name,
    ...facts,
    search: { ...answerOf(search?.body ?? {}), best: bestOf(search?.body ?? {}) },
    studies,
  };
}

function answerOf(body: State): Answer {
  return {
    metrics: (field(body, 'metrics') ?? {}) as Readonly<Record<string, number>>,
    tables: (field(body, 'tables') ?? {}) as unknown as Readonly<Record<string, Table>>,
    notes: (field(body, 'notes') ?? []) as readonly string[],
  };
}

function bestOf(body: State): RunResult['search']['best'] {
  const best = (field(body, 'best') ?? []) as readonly State[];
  return best.map((evaluation) => {
    const proposal = field(evaluation, 'proposal') ?? {};
    return {
      architecture: String(field(proposal, 'architecture')),
      metrics: (field(evaluation, 'metrics') ?? {}) as Readonly<Record<string, number>>,
    };
  });
}
