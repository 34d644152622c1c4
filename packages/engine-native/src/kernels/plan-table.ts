/** Lists of numbers that a plan depends on: shapes, and the geometry of a window. */
type Numbers = readonly (readonly number[])[];

interface Known<Plan> {
  readonly numbers: Numbers;
  readonly plan: Plan;
}

/** Plans that are made once, and found in every step without making a string of their shapes. */
export class PlanTable<Plan> {
  readonly #known = new Map<number, Known<Plan>[]>();

  /** The plan for these numbers; `make` is called where there is none yet. */
  get(numbers: Numbers, make: () => Plan): Plan {
    const hash = hashOf(numbers);
    const known = this.#known.get(hash) ?? [];
    for (const entry of known) if (equal(entry.numbers, numbers)) return entry.plan;
    const plan = make();
    // The caller's lists may be a tensor's own.
    const copies = numbers.map((list) => [...list]);
    this.#known.set(hash, [...known, { numbers: copies, plan }]);
    return plan;
  }
}

function hashOf(numbers: Numbers): number {
  let hash = 0;
  for (let i = 0; i < numbers.length; i++) {
    const list = numbers[i] as readonly number[];
    for (let k = 0; k < list.length; k++) hash = (Math.imul(hash, 31) + (list[k] as number)) | 0;
  }
  return hash;
}

function equal(a: Numbers, b: Numbers): boolean {
  return a.length === b.length && a.every((list, i) => sameList(list, b[i] ?? []));
}

function sameList(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
