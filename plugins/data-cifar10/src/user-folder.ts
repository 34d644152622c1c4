import { corrupt, missing } from './data-errors.ts';
import { inspect } from './inspect.ts';
import { allFiles, binName, type Layout } from './layout.ts';

/**
 * Checks a folder that the user names. It is never written to and nothing else is tried
 * instead: who names a folder wants that one.
 *
 * @throws ArcherError `ARCHER_DATA_MISSING` or `ARCHER_DATA_CORRUPT`, naming the first bad file
 */
export async function checkUserFolder(folder: string, layout: Layout): Promise<void> {
  const [fault] = await inspect(folder, layout);
  if (fault === undefined) return;
  const names = allFiles(layout).map(binName).join(', ');
  const hint =
    `data.folder must hold the members of the authors' cifar-10-binary.tar.gz (${names}); ` +
    'the Python and MATLAB versions are other files. Without data.folder they are fetched';
  const message = `${fault.file} ${fault.what}`;
  throw fault.kind === 'absent' ? missing(message, hint) : corrupt(message, hint);
}
