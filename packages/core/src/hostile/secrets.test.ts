import { describe, expect, it } from 'vitest';
import { ArcherError } from '../errors.ts';
import { isSecretSetting } from '../manifest.ts';
import { isSecretName, withoutCredentials, withoutSecrets } from '../secrets.ts';

describe('R46 an address', () => {
  it.each([
    ['http://user:sesame@host/a', 'http://host/a'],
    ['https://sesame@host', 'https://host'],
    ['https://user:se@same@host:5000/a@b', 'https://host:5000/a@b'],
    ['a http://u:sesame@h and b https://u:sesame@h', 'a http://h and b https://h'],
    ['https://h/x?a=1&access_token=sesame#end', 'https://h/x?a=1&access_token=…#end'],
    ['https://h/x?X-Amz-Signature=sesame', 'https://h/x?X-Amz-Signature=…'],
    ['https://h/@scope/package@1.2.3', 'https://h/@scope/package@1.2.3'],
    ['// a remark of ann@host', '// a remark of ann@host'],
  ])('%s is shown as %s', (given, shown) => {
    expect(withoutCredentials(given)).toBe(shown);
    expect(new ArcherError('ARCHER_X', given, { hint: given })).toMatchObject({
      ...{ message: shown, hint: shown },
    });
  });
});

describe('R46 an option', () => {
  it.each(['token', 'apiKey', 'api-key', 'DB_PASSWORD', 'hf.token', 'clientSecret', 'credentials'])(
    'named %s is a secret',
    (name) => {
      expect(isSecretName(name)).toBe(true);
    },
  );

  it.each(['tokens', 'key', 'monkey', 'passwords', 'secretary', 'tokenizer', 'use'])(
    'named %s is none',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );

  it('that is a secret is left out of a tree, the rest stays as it is', () => {
    const bytes = new Uint8Array(2);
    const tree = {
      use: 'x',
      token: 'sesame',
      credentials: { user: 'ann', key: 'sesame' },
      parts: [{ use: 'y', password: 'sesame', url: 'https://u:sesame@h/' }],
      pathToken: { use: 'z', n: 1 },
      maxToken: 3,
      withToken: true,
      bytes,
      nothing: null,
    };
    expect(withoutSecrets(tree)).toEqual({
      use: 'x',
      parts: [{ use: 'y', url: 'https://h/' }],
      pathToken: { use: 'z', n: 1 },
      maxToken: 3,
      withToken: true,
      bytes,
      nothing: null,
    });
  });
});

describe('R46 isSecretSetting', () => {
  it.each([
    'tracker.password=1234',
    'tracker={use: mlflow, apiKey: abc}',
    'tracker.uri=https://ann:pw@host',
    'data.url=https://host/x?token=abc',
    'study.0.token=abc',
  ])('knows %s', (setting) => {
    expect(isSecretSetting(setting)).toBe(true);
  });

  it.each(['strategy.epochs=20', 'c=[x, y]', 'data.folder=/a/b', 'x=', 'tracker=null', 'x'])(
    'lets %s be seen',
    (setting) => {
      expect(isSecretSetting(setting)).toBe(false);
    },
  );
});
