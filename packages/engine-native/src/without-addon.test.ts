import { startEngine } from '@archer-nas/engine';
import { expect, it, vi } from 'vitest';

vi.mock(import('./addon.ts'), async (original) => ({
  ...(await original()),
  loadAddon: () => ({ unavailable: 'its addon is not built' }),
}));

it('leaves auto with the WebAssembly build, which says why', async () => {
  const engine = await startEngine({ threads: 1 });
  expect(engine.name).toBe('native-wasm');
  expect(engine.description).toContain('; native: its addon is not built');
});
