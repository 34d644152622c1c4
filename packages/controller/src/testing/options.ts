import {
  type FactorisedOptions,
  type LearningOptions,
  type LstmOptions,
  learningOptions,
  policyOptions,
} from '../options.ts';

/** The LSTM policy with defaults and these changes. */
export function lstmWith(changes: object = {}): LstmOptions {
  return policyOptions.parse({ kind: 'lstm', ...changes }) as LstmOptions;
}

/** The factorised policy with defaults and these changes. */
export function factorisedWith(changes: object = {}): FactorisedOptions {
  return policyOptions.parse({ kind: 'factorised', ...changes }) as FactorisedOptions;
}

/** Learning with defaults and these changes. */
export function learningWith(changes: object = {}): LearningOptions {
  return learningOptions.parse(changes);
}
