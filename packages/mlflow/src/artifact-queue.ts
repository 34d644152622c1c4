import { createHash } from 'node:crypto';
import type { MlflowClient } from './client.ts';
import { MlflowError } from './errors.ts';
import type { Run } from './wire.ts';

/** What {@link ArtifactQueue} works with. */
export interface ArtifactSource {
  /** The content of a file of the run folder. */
  file(name: string): Uint8Array | undefined;
}

/** What {@link ArtifactQueue.send} is told. */
export interface Sending {
  /** Hashes of what the server has, by name; grows. */
  readonly sent: Record<string, string>;
  readonly onSent: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** Artifacts that wait for the server, by name; their content is read when they are sent. */
export class ArtifactQueue {
  readonly #source: ArtifactSource;
  readonly #waiting = new Set<string>();
  /** What is in no file. */
  readonly #texts = new Map<string, string>();
  /** What will never be sent, and why. */
  readonly refused: string[] = [];

  constructor(source: ArtifactSource) {
    this.#source = source;
  }

  get names(): string[] {
    return [...this.#waiting];
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Sends this file, or this text under the name of a file. */
  put(name: string, text?: string): void {
    if (text !== undefined) this.#texts.set(name, text);
    this.#waiting.add(name);
  }

  /**
   * Uploads in order what the server does not have by `sent`, which grows. What the server
   * or its store refuses for good is noted and passed over.
   *
   * @param onSent told of each that has arrived
   */
  async send(client: MlflowClient, run: Run, { sent, onSent, signal }: Sending): Promise<void> {
    for (const name of this.#waiting) {
      const content = this.#texts.get(name) ?? this.#source.file(name);
      // Announced again while it is sent: it may have changed, and is looked at again.
      this.#waiting.delete(name);
      if (content === undefined) this.refused.push(`artifact ${name}: the file is gone`);
      else if (hashOf(content) !== sent[name]) {
        try {
          await client.uploadArtifact(run, name, content, signal);
          sent[name] = hashOf(content);
          onSent();
        } catch (error) {
          if (!isForGood(error)) {
            this.#waiting.add(name);
            throw error;
          }
          this.refused.push(`artifact ${name}: ${error.message}`);
        }
      }
    }
  }
}

/** Short, to tell contents of one name apart. */
export function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

function isForGood(error: unknown): error is MlflowError {
  if (!(error instanceof MlflowError)) return false;
  return error.reason === 'UNSUPPORTED' || error.status === 400 || error.status === 413;
}
