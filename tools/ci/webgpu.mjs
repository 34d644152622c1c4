// @ts-check
// The tests of the engine `webgpu`, where a driver is installed.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installWebgpu } from '../webgpu/install.mjs';

/** Where Vulkan's drivers say that they are there. */
const DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/**
 * What the tests need in their environment, or why they cannot run here.
 * @param {string} root
 * @returns {{ env: Record<string, string> } | { reason: string }}
 */
export function webgpuHere(root) {
  if (!DRIVERS.some((folder) => existsSync(folder) && readdirSync(folder).length > 0)) {
    return { reason: 'no Vulkan driver is installed; see tools/webgpu/README.md' };
  }
  let env;
  try {
    env = { ARCHER_WEBGPU: installWebgpu() };
  } catch (error) {
    return { reason: `its packages do not install: ${/** @type {Error} */ (error).message}` };
  }
  const reason = refusal(root, env);
  return reason === undefined ? { env } : { reason };
}

/** Why the engine does not start, in the words of `archer doctor`. */
function refusal(/** @type {string} */ root, /** @type {Record<string, string>} */ env) {
  const args = [join(root, 'packages/cli/dist/bin.js'), 'doctor', '--engine', 'webgpu', '--json'];
  try {
    execFileSync(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return undefined;
  } catch (error) {
    const rows = JSON.parse(String(/** @type {any} */ (error).stdout));
    const engine = rows.find((/** @type {any} */ row) => row.what === 'engine');
    return engine?.verdict === 'problem' ? String(engine.detail) : undefined;
  }
}
