/** One thing of a run folder that was looked at. */
export interface Finding {
  /** `note`: worth knowing, and nothing is wrong. */
  readonly status: 'intact' | 'damaged' | 'note';
  /** Path in the run folder: `journal.jsonl`, `checkpoints/search-12`. */
  readonly part: string;
  /** What was found, without a full stop. */
  readonly detail: string;
}

/** It is as it should be. */
export function intact(part: string, detail: string): Finding {
  return { status: 'intact', part, detail };
}

/** It is not what was written, or not what the journal says. */
export function damaged(part: string, detail: string): Finding {
  return { status: 'damaged', part, detail };
}

/** Worth knowing. */
export function note(part: string, detail: string): Finding {
  return { status: 'note', part, detail };
}

/** A message of an error as a finding's detail. */
export function detailOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.$/, '');
}
