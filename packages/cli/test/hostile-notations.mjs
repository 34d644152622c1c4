// Gives every installed space notations that nobody should write, and prints as JSON what was not
// an architecture and not an ArcherError. The test stops it when it hangs.
import { createStreams, isArcherError } from '@archer-nas/core';
import { idsOf, installedPlugins, parseDuration, pluginLookup } from '@archer-nas/runtime';

/** What makes careless patterns try everything: repeats that end otherwise than they should. */
const PUMPS = ['0', '1', '-', '|', '+', '~', ' ', '(', "('", '1.0', '1:', '64-', 'a~0|', '_', ','];
const LENGTH = 100_000;
const wrong = [];

function attempt(what, parse, text) {
  try {
    parse(text);
  } catch (error) {
    if (!isArcherError(error)) wrong.push(`${what}: ${String(text).slice(0, 60)}: ${error}`);
  }
}

/** A text, cut, doubled, shuffled and pumped. */
function* hostile(sound) {
  yield* ['', ' ', '\0', '__proto__', 'constructor', '\ud800', '[]', '{}', 'null', '-1', '1e400'];
  for (let at = 0; at < sound.length; at++) {
    yield sound.slice(0, at);
    yield sound.slice(at);
    yield sound.slice(0, at) + sound.slice(at + 1);
    for (const piece of ['9', '|', '\n', '\0', '~9', '999999999999', 'é']) {
      yield sound.slice(0, at) + piece + sound.slice(at);
      yield sound.slice(0, at) + piece + sound.slice(at + 1);
    }
  }
  for (const pump of [...PUMPS, sound]) {
    const repeated = pump.repeat(Math.ceil(LENGTH / Math.max(1, pump.length)));
    yield* [repeated, `${repeated}!`, `${sound}${repeated}!`, `${repeated}${sound}`];
  }
}

const index = installedPlugins(import.meta.dirname);
const lookup = pluginLookup(index);
const names = [];
const folders = { data: '/nowhere', manifest: '/nowhere' };
for (const id of idsOf(index, 'space').filter((name) => !name.startsWith('toy-'))) {
  const { plugin } = await lookup('space', id);
  // A space around another one reads what that one reads.
  if (plugin.parts?.space) continue;
  names.push(id);
  const space = await plugin.create(plugin.options.parse({}), {
    folders,
    log: () => {},
    parts: {},
  });
  const sound = space.format(space.sample(createStreams(0).stream('notation')));
  for (const text of hostile(sound)) attempt(id, (given) => space.parse(given), text);
}
for (const text of hostile('1h30m5.5s')) attempt('duration', parseDuration, text);
process.stdout.write(JSON.stringify({ names, wrong }));
