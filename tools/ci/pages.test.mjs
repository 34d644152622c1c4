import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { actionsOf, PAGES } from './pages.mjs';

const root = resolve(import.meta.dirname, '../..');
const page = `Write \`a/b.js\`:

\`\`\`js
let x;
\`\`\`

and look at

\`\`\`js
shown.only();
\`\`\`

\`\`\`sh
node a/b.js
\`\`\`

\`\`\`text
never run
\`\`\`
`;

it('a page has its reader write the files that it names, and run its shell, in order', () => {
  expect(actionsOf(page)).toEqual([{ file: 'a/b.js', text: 'let x;\n' }, { run: 'node a/b.js\n' }]);
});

it('every page that is followed is there, and the README leads to it', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const file of PAGES.flat()) {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(readme, file).toContain(`](${file})`);
  }
});
