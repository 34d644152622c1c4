import { describe, expect, it } from 'vitest';
import { readAddress, redact } from './address.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('readAddress', () => {
  it('takes the credentials out of the address', () => {
    const address = readAddress('https://ann:p%40ss@host:5000/mlflow/');
    expect(address.url).toBe('https://host:5000/mlflow');
    expect(address.authorization).toBe(basic('ann:p@ss'));
  });

  it('prefers a name with a password to a token, as the MLflow client does', () => {
    const env = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'x' };
    const token = { MLFLOW_TRACKING_TOKEN: 't' };
    expect(readAddress('http://h', { ...env, ...token }).authorization).toBe(basic('ann:x'));
    expect(readAddress('http://h', token).authorization).toBe('Bearer t');
    expect(readAddress('http://h').authorization).toBeUndefined();
  });

  it.each(['./mlruns', 'file:///tmp/mlruns', 'sqlite:///a.db', 'databricks', ''])(
    'says how to serve %j',
    (uri) => {
      expect(() => readAddress(uri)).toThrow(
        expect.objectContaining({ code: 'ARCHER_MLFLOW_URI', exit: 2 }),
      );
    },
  );

  it('R46 shows no password when the address is wrong', () => {
    expect(() => readAddress('ftp://ann:secret@host')).toThrow(/^(?!.*secret)/);
  });
});

it('R46 redacts secrets and the credentials of any URL', () => {
  const text = 'at https://ann:pw@host/x with tok-123';
  expect(redact(text, ['tok-123'])).toBe('at https://***@host/x with ***');
  expect(redact('http://ann:p@ss@host/x@y', [])).toBe('http://***@host/x@y');
});
