// @ts-check

/** @typedef {{ readonly network: string, readonly cells: number, readonly batch: number }} Case */

/** `typical N=5 B=64`. @param {Case} of */
export function caseName({ network, cells, batch }) {
  return `${network} N=${cells} B=${batch}`;
}
