import {
  ArcherError,
  type JournalLine,
  type LineReader,
  type State,
  type TrackedFolder,
  type TrackedRun,
  type TrackerShelf,
} from '@archer-nas/core';

/** Lines that a {@link RecordedRun} gives in one piece. */
const PIECE_LINES = 100;

/**
 * A run in memory, as trackers see it: its journal grows by `steps` and `append`, and what a
 * tracker remembers outlives the tracker.
 */
export class RecordedRun {
  /** Every line, also those that a resume replaced. */
  readonly lines: JournalLine[] = [];
  readonly files = new Map<string, string>();
  readonly #facts: Omit<TrackedRun, 'folder' | 'isLive'>;
  #memory: string | undefined;
  #holder: object | undefined;
  #resumes: { readonly after: number; readonly seq: number }[] = [];

  constructor(facts: Partial<Omit<TrackedRun, 'folder' | 'isLive'>> = {}) {
    this.#facts = {
      ...{ experiment: 'kit', profile: 'default', seed: 0, id: 'search-0' },
      ...{ startedMs: 1_700_000_000_000, params: {}, tags: {} },
      ...facts,
    };
  }

  /** What the tracker remembers, as text. */
  get memory(): string | undefined {
    return this.#memory;
  }

  set memory(text: string | undefined) {
    this.#memory = text;
  }

  /** The run as a session sees it. */
  tracked(isLive = true): TrackedRun {
    return { ...this.#facts, isLive, folder: this.#folder() };
  }

  /** Adds a line, and returns it as a list, which is what `log` takes. */
  append(line: Omit<JournalLine, 'seq'>): JournalLine[] {
    const numbered = { seq: this.lines.length, ...line };
    this.lines.push(numbered);
    return [numbered];
  }

  /** Steps `from` to `to - 1` of a search that reports `metrics` of each. */
  steps(
    from: number,
    to: number,
    metrics: (step: number) => Record<string, number> = (step) => ({ loss: 1 / (step + 1) }),
  ): JournalLine[] {
    return Array.from({ length: to - from }, (_, i) => {
      const at = from + i;
      const line = { job: 'search', event: 'step', at } as const;
      const timeMs = this.#facts.startedMs + this.lines.length;
      const science = this.append({ kind: 'science', ...line, body: { metrics: metrics(at) } });
      return [...science, ...this.append({ kind: 'telemetry', ...line, body: { timeMs } })];
    }).flat();
  }

  /** The run goes on behind line `after`; @returns the lines that count, the resume's last. */
  resume(after: number): JournalLine[] {
    const [line] = this.append({ kind: 'telemetry', job: 'run', event: 'resume', body: { after } });
    this.#resumes.push({ after, seq: (line as JournalLine).seq });
    return this.effective();
  }

  /** The lines that count. */
  effective(): JournalLine[] {
    return this.lines.filter((line) => this.#counts(line));
  }

  /** The process is gone: nobody holds the memory any more, and its writes reach no disk. */
  kill(): void {
    this.#holder = undefined;
  }

  #counts({ seq, kind }: JournalLine): boolean {
    return kind !== 'science' || !this.#resumes.some((r) => seq > r.after && seq < r.seq);
  }

  #folder(): TrackedFolder {
    return {
      lines: () => this.#reader(),
      file: (name) => {
        const text = this.files.get(name);
        return text === undefined ? undefined : Buffer.from(text);
      },
      takeShelf: () => this.#takeShelf(),
    };
  }

  #reader(): LineReader {
    let next = 0;
    return {
      next: (after = -1) => {
        for (;;) {
          const piece = this.lines.slice(next, next + PIECE_LINES);
          next += piece.length;
          const wanted = piece.filter((line) => line.seq > after && this.#counts(line));
          if (wanted.length > 0 || piece.length === 0) return wanted;
        }
      },
    };
  }

  #takeShelf(): TrackerShelf {
    if (this.#holder !== undefined)
      throw new ArcherError('ARCHER_LOCKED', 'The memory is held by another session.');
    const me = {};
    this.#holder = me;
    return {
      read: () => (this.#memory === undefined ? undefined : (JSON.parse(this.#memory) as State)),
      write: (value) => {
        if (this.#holder === me) this.#memory = JSON.stringify(value);
      },
      [Symbol.dispose]: () => {
        if (this.#holder === me) this.#holder = undefined;
      },
    };
  }
}
