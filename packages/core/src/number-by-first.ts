/**
 * Numbers what stands in a list in the order in which it comes first, and writes these numbers in
 * its place.
 *
 * @param list of integers from 0 to below `kinds`
 * @returns what was in the list, each once, by its new number
 */
export function numberByFirst(list: Int32Array, kinds: number): Int32Array {
  const distinct = new Int32Array(Math.min(list.length, kinds));
  return distinct.subarray(0, numberInto(distinct, list, new Int32Array(kinds)));
}

/** @param numbers by kind: its new number + 1; 0: it has none yet. @returns how many have one */
function numberInto(distinct: Int32Array, list: Int32Array, numbers: Int32Array): number {
  let count = 0;
  for (let i = 0; i < list.length; i++) {
    const kind = list[i] as number;
    let number = numbers[kind] as number;
    if (number === 0) {
      distinct[count++] = kind;
      number = count;
      numbers[kind] = number;
    }
    list[i] = number - 1;
  }
  return count;
}
