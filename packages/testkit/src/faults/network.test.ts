import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Faults, FaultyServer, forwardTo, type SeenRequest } from './network.ts';

const done: string[] = [];
const work = ({ method, url, body }: SeenRequest) => {
  done.push(`${method} ${url} ${body.toString()}`);
  return { status: 200, body: 'done' };
};

let server: FaultyServer;
beforeEach(async () => {
  done.length = 0;
  server = await new FaultyServer(work).start();
});
afterEach(() => server[Symbol.asyncDispose]());

const post = (body: string, signal?: AbortSignal) =>
  fetch(`${server.url}/x?y=1`, { method: 'POST', body, ...(signal ? { signal } : {}) });

describe('a faulty server', () => {
  it.each<[string, ReturnType<Faults>, readonly string[]]>([
    ['that cuts the line does nothing', 'cut', []],
    ['that loses its answer has done it', 'lost', ['POST /x?y=1 a']],
  ])('%s', async (_, trouble, expected) => {
    server.faults = () => trouble;
    await expect(post('a')).rejects.toThrow('fetch failed');
    expect(done).toEqual(expected);
  });

  it('answers what it is told, without doing anything', async () => {
    server.faults = (_, count) => (count === 0 ? { status: 502, body: '<html>' } : undefined);
    const refused = await post('a');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(await (await post('b')).text()).toBe('done');
    expect([done, server.count]).toEqual([['POST /x?y=1 b'], 2]);
  });

  it('does something else than it was asked', async () => {
    server.faults = (request) => ({
      instead: { ...request, body: request.body.subarray(0, 1) },
      answer: { status: 500 },
    });
    expect((await post('ab')).status).toBe(500);
    expect(done).toEqual(['POST /x?y=1 a']);
  });

  it('hangs until nobody waits any more, and does late what it was asked', async () => {
    server.faults = (_, count) => (count === 0 ? 'hang' : { delayMs: 3000 });
    for (const [at, body] of ['a', 'b'].entries()) {
      const asking = new AbortController();
      const answer = expect(post(body, asking.signal)).rejects.toThrow();
      // Whoever gives up before the server has heard has asked for nothing.
      await expect.poll(() => server.count, { interval: 1 }).toBe(at + 1);
      asking.abort();
      await answer;
    }
    expect(done).toEqual([]);
    await expect.poll(() => done).toEqual(['POST /x?y=1 b']);
  });

  it('is a proxy in front of another, and a bad gateway when that is gone', async () => {
    await using proxy = await new FaultyServer(forwardTo(server.url)).start();
    const asked = () => fetch(`${proxy.url}/z`, { method: 'PUT', body: 'c' });
    expect(await (await asked()).text()).toBe('done');
    expect(done).toEqual(['PUT /z c']);
    await server[Symbol.asyncDispose]();
    expect((await asked()).status).toBe(502);
    server = await new FaultyServer(work).start();
  });
});
