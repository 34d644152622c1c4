import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { corrupt } from './data-errors.ts';

/** What is looked for in an archive. */
export interface WantedMembers {
  /** The archive, for messages. */
  readonly archive: string;
  /** Exact member names and the most bytes that each may have. */
  readonly members: ReadonlyMap<string, number>;
  /** The most bytes that the archive may unpack to, everything in it counted. */
  readonly maxUnpackedBytes: number;
}

/**
 * Reads a gzipped tar stream and hands over the wanted members, in the archive's order;
 * everything else in it is skipped. No path of the archive ever reaches the file system.
 *
 * @throws ArcherError `ARCHER_DATA_CORRUPT` when it is damaged, too large or incomplete
 */
export async function readMembers(
  source: Readable,
  { archive, members, maxUnpackedBytes }: WantedMembers,
  visit: (name: string, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const entries = extract();
  // A failure here destroys `entries`, and so ends the loop below with the same error.
  const flow = pipeline(source, createGunzip(), atMost(maxUnpackedBytes, archive), entries);
  flow.catch(() => undefined);
  const left = new Set(members.keys());
  try {
    for await (const entry of entries) {
      const { name, size = 0, type } = entry.header;
      if (type !== 'file' || !left.has(name)) {
        entry.resume();
        continue;
      }
      const most = members.get(name) ?? 0;
      if (size > most) throw corrupt(`${archive}: ${name} has ${size} bytes, at most ${most} fit`);
      await visit(name, entry as AsyncIterable<Buffer>); // typed unknown, always buffers
      left.delete(name);
    }
    await flow;
  } catch (error) {
    throw isDamage(error) ? corrupt(`${archive} is damaged: ${error.message}`) : error;
  }
  if (left.size > 0) throw corrupt(`${archive} has no ${[...left].join(', ')}`);
}

/** Collects a member that is known to be small enough. */
export async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function atMost(bytes: number, archive: string): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= bytes) done(null, chunk);
      else done(corrupt(`${archive} unpacks to more than ${bytes} bytes`));
    },
  });
}

/** tar-stream's errors have no codes. */
const TAR_DAMAGE = /^(Invalid (tar )?header|Header exceeds|Unexpected end of data)/;

/** True for what zlib and tar-stream throw at a truncated or altered archive. */
function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code.startsWith('Z_') || TAR_DAMAGE.test(error.message);
}
