import type { TrackedFolder, TrackerShelf } from '@archer-nas/core';
import { z } from 'zod';

const status = z.enum(['FINISHED', 'FAILED', 'KILLED']);

const place = z.object({
  /** Identity of the search; another one has another place. */
  search: z.string(),
  /** When the run began whose journal it is about: one that began again has other lines. */
  startedMs: z.number(),
  experimentId: z.string(),
  parentId: z.string(),
  runId: z.string(),
  /** Everything up to this journal line is there; perhaps more is. */
  seq: z.int(),
  /** Hash of each artifact that is there, by name. */
  files: z.record(z.string(), z.string()),
  /** The end that it was told. */
  end: status.nullable(),
});

const content = z.object({
  format: z.literal(1),
  /** By the address of the server, without credentials. */
  places: z.record(z.string(), place),
  /** The server that was written to last. */
  last: z.string().nullable(),
  /** How the run ended when it was last run. */
  ended: status.nullable(),
});

/** A run's place on one server, and how much of the run is there. */
export type SavedPlace = z.output<typeof place>;
export type EndStatus = z.output<typeof status>;

type Content = z.output<typeof content>;

const NOTHING: Content = { format: 1, places: {}, last: null, ended: null };

/**
 * What a session must know that its predecessors did, in the run folder. It says less than
 * is true where a process was killed, and never more: `seq` is behind what the server has.
 */
export class Memory implements Disposable {
  readonly #folder: TrackedFolder;
  readonly #server: string;
  #shelf: TrackerShelf | undefined;
  #content: Content = NOTHING;

  /** @param server its address, without credentials */
  constructor(folder: TrackedFolder, server: string) {
    this.#folder = folder;
    this.#server = server;
  }

  /** Reads it and keeps it from other processes. @throws ArcherError `ARCHER_LOCKED` */
  take(): void {
    if (this.#shelf !== undefined) return;
    this.#shelf = this.#folder.takeShelf();
    // Anything unreadable is forgotten: the server is asked instead.
    this.#content = content.safeParse(this.#shelf.read()).data ?? NOTHING;
  }

  get isTaken(): boolean {
    return this.#shelf !== undefined;
  }

  /** This server's place. */
  get place(): SavedPlace | undefined {
    return this.#content.places[this.#server];
  }

  /** The server that was written to last, when it is another one. */
  get elsewhere(): { readonly server: string; readonly place: SavedPlace } | undefined {
    const { last, places } = this.#content;
    const found = last === null || last === this.#server ? undefined : places[last];
    return found && { server: last as string, place: found };
  }

  get ended(): EndStatus | null {
    return this.#content.ended;
  }

  /** Changes this server's place, and makes it durable. */
  setPlace(place: SavedPlace): void {
    const places = { ...this.#content.places, [this.#server]: place };
    const next = { ...this.#content, places, last: this.#server };
    if (JSON.stringify(next) !== JSON.stringify(this.#content)) this.#put(next);
  }

  setEnded(ended: EndStatus | null): void {
    if (ended !== this.ended) this.#put({ ...this.#content, ended });
  }

  [Symbol.dispose](): void {
    this.#shelf?.[Symbol.dispose]();
    this.#shelf = undefined;
  }

  #put(value: Content): void {
    this.#content = value;
    this.#shelf?.write(value);
  }
}
