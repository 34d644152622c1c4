import { type FoundArchitectures, printable } from '@archer-nas/report';
import { type RunRecord, spaceOfRun } from '@archer-nas/runtime';
import { messageOf } from './output.ts';

/**
 * What the finished runs of an experiment found, decision by decision of their space. `undefined`
 * where fewer than two found something, the space has no decisions, or it is not installed here
 * any more, of which `note` hears.
 */
export async function foundArchitectures(
  runs: readonly RunRecord[],
  note: (text: string) => void,
): Promise<FoundArchitectures | undefined> {
  try {
    return await readFound(runs);
  } catch (error) {
    note(`Without the agreement of architectures: ${messageOf(error)}`);
    return undefined;
  }
}

async function readFound(runs: readonly RunRecord[]): Promise<FoundArchitectures | undefined> {
  const best = runs.flatMap(({ result }) => {
    const [first] = result?.search.best ?? [];
    return result && first ? [{ seed: result.seed, text: first.architecture }] : [];
  });
  const [run] = runs;
  if (run === undefined || best.length < 2) return undefined;
  const space = await spaceOfRun(run.folder);
  const { decisions } = space;
  if (decisions === undefined || space.toChoices === undefined) return undefined;
  return {
    decisions: decisions.map(({ name }) => printable(name)),
    found: best.map(({ seed, text }) => {
      const architecture = space.parse(text);
      const chosen = space.toChoices?.(architecture) ?? [];
      const choices = decisions.map(({ options }, at) => nameOf(chosen[at], options));
      return { seed, architecture: space.format(architecture), choices };
    }),
  };
}

/** The option's name, or the value where a decision has no named options. */
function nameOf(choice: number | undefined, options: readonly string[] = []): string {
  return options[choice ?? Number.NaN] ?? String(choice);
}
