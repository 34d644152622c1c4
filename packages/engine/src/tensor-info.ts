import tf from '#tfjs';

/** What tfjs knows of the memory behind tensors, by its identifier. */
interface InfoStore {
  get(id: object): unknown;
  has(id: object): boolean;
  set(id: object, info: unknown): unknown;
  delete(id: object): boolean;
}

const INFO = Symbol('archer-tensor-info');

type Holder = Record<symbol, unknown>;

/**
 * Lets tfjs note where a tensor's memory lies on its identifier. Its WeakMap, looked at for every
 * tensor that is made or freed, makes each collection of garbage slower the more tensors there are.
 */
export function keepInfoOnIdentifiers(): void {
  const state = tf.engine().state as unknown as { tensorInfo: InfoStore };
  // Tensors that are older than this stay where they are noted.
  const older = state.tensorInfo;
  state.tensorInfo = {
    get: (id) => (id as Holder)[INFO] ?? older.get(id),
    has: (id) => (id as Holder)[INFO] !== undefined || older.has(id),
    set: (id, info) => {
      (id as Holder)[INFO] = info;
    },
    delete(id) {
      (id as Holder)[INFO] = undefined;
      return older.delete(id);
    },
  };
}
