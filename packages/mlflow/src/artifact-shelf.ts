import type { MlflowClient } from './client.ts';
import { MlflowError } from './errors.ts';
import type { Run } from './wire.ts';

/** More than this is not kept waiting; the run folder has the files anyway. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Artifacts that wait for the server. A newer one of the same name replaces the older. */
export class ArtifactShelf {
  readonly #waiting = new Map<string, Uint8Array | string>();
  readonly #maxBytes: number;
  /** What will never be sent, and why. */
  readonly refused: string[] = [];
  #bytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get names(): string[] {
    return [...this.#waiting.keys()];
  }

  put(name: string, content: Uint8Array | string): void {
    this.#take(name);
    const bytes = sizeOf(content);
    if (this.#bytes + bytes > this.#maxBytes) {
      this.refused.push(`artifact ${name}: ${bytes} bytes, and too much was waiting`);
      return;
    }
    this.#waiting.set(name, content);
    this.#bytes += bytes;
  }

  /** Uploads in order. What the server or its store refuses for good is noted and passed over. */
  async send(client: MlflowClient, run: Run, signal?: AbortSignal): Promise<void> {
    for (const [name, content] of this.#waiting) {
      try {
        await client.uploadArtifact(run, name, content, signal);
      } catch (error) {
        if (!isForGood(error)) throw error;
        this.refused.push(`artifact ${name}: ${error.message}`);
      }
      // A newer content may have come while this one was sent.
      if (this.#waiting.get(name) === content) this.#take(name);
    }
  }

  #take(name: string): void {
    const content = this.#waiting.get(name);
    if (content === undefined) return;
    this.#bytes -= sizeOf(content);
    this.#waiting.delete(name);
  }
}

function sizeOf(content: Uint8Array | string): number {
  return Buffer.byteLength(content);
}

function isForGood(error: unknown): error is MlflowError {
  if (!(error instanceof MlflowError)) return false;
  return error.reason === 'UNSUPPORTED' || error.status === 400 || error.status === 413;
}
