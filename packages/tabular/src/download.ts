import { ArcherError, EXIT } from '@archer-nas/core';

/** How to download. */
export interface DownloadOptions {
  readonly fetch?: typeof globalThis.fetch;
  /** Until the first byte, and between two pieces. */
  readonly timeoutMs?: number;
}

/** Public tables have a few MB. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * The body of a GET, at most 64 MiB.
 *
 * @throws ArcherError `ARCHER_DATA_DOWNLOAD` naming the address and what went wrong
 */
export async function download(
  url: string,
  { fetch = globalThis.fetch, timeoutMs = 20_000 }: DownloadOptions = {},
): Promise<Buffer> {
  const controller = new AbortController();
  const stalled = () => controller.abort(new Error(`nothing came for ${timeoutMs / 1000} s`));
  let timer = setTimeout(stalled, timeoutMs);
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok || response.body === null) {
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
    }
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body) {
      clearTimeout(timer);
      timer = setTimeout(stalled, timeoutMs);
      bytes += piece.length;
      if (bytes > MAX_BYTES) throw new Error(`it sends more than ${MAX_BYTES} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch (error) {
    throw failed(url, error);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

function failed(url: string, error: unknown): ArcherError {
  const reason = error instanceof Error ? error.message : String(error);
  // fetch says "fetch failed" or "terminated" and keeps the reason in its cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const detail = cause === undefined ? '' : ` (${cause.message})`;
  return new ArcherError('ARCHER_DATA_DOWNLOAD', `${url} was not downloaded: ${reason}${detail}.`, {
    hint:
      'Nothing was written. Download it on a machine with network and give it with ' +
      '--file FILE, or name another address with --url.',
    exit: EXIT.data,
    cause: error,
  });
}
