import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { allFiles, binName, fileBytes } from './layout.ts';
import { percentLines } from './progress.ts';
import type { FillContext, Source } from './source.ts';
import { readMembers } from './tar-members.ts';

/** Where the archive is and how long to wait for it. */
export interface ArchiveOptions {
  readonly url?: string;
  /** Until the first byte of an answer. */
  readonly connectTimeoutMs?: number;
  /** Between two pieces of an answer. */
  readonly stallTimeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

/** Size of cifar-10-binary.tar.gz, for progress where the server does not say. */
const ARCHIVE_BYTES = 170_052_171;
/** The folder of the members in the archive. */
const MEMBER_FOLDER = 'cifar-10-batches-bin';

/** The authors' cifar-10-binary.tar.gz, unpacked while it arrives. */
export function authorsArchive({
  url = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  connectTimeoutMs = 5_000,
  stallTimeoutMs = 30_000,
  fetch = globalThis.fetch,
}: ArchiveOptions = {}): Source {
  return {
    name: `the authors' archive (${url})`,
    async fill({ folder, layout, log }: FillContext) {
      const watch = watchdog();
      watch.within(connectTimeoutMs);
      try {
        const response = await fetch(url, { signal: watch.signal });
        if (!response.ok || response.body === null) {
          throw new Error(`the server answered ${response.status} ${response.statusText}`);
        }
        const total = Number(response.headers.get('content-length')) || ARCHIVE_BYTES;
        const progress = percentLines('CIFAR-10: authors’ archive', total, log);
        let received = 0;
        const body = Readable.fromWeb(response.body).on('data', (chunk: Buffer) => {
          watch.within(stallTimeoutMs);
          received += chunk.length;
          progress(received);
        });
        const size = fileBytes(layout);
        const members = new Map(
          allFiles(layout).map((file) => [`${MEMBER_FOLDER}/${binName(file)}`, size]),
        );
        const wanted = { archive: url, members, maxUnpackedBytes: 2 * members.size * size };
        await readMembers(body, wanted, async (member, content) => {
          const name = member.slice(MEMBER_FOLDER.length + 1); // one of our own names
          await pipeline(content, createWriteStream(join(folder, name)));
        });
      } finally {
        watch.stop();
      }
    },
  };
}

/** Aborts its signal when nothing was heard within the time last given. */
function watchdog(): { signal: AbortSignal; within(ms: number): void; stop(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    signal: controller.signal,
    stop,
    within(ms) {
      stop();
      timer = setTimeout(() => controller.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
    },
  };
}
