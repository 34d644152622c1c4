/** What `table/nb201-mini.csv` is. Written by `tools/tables/nb201-mini.mjs publish`. */
export const CONTENT = {
  sha256: 'd20904d427c86f0180222ebb1b3b6aeb7b4c70f765427566bf26e4136b4a7ca8',
  name: 'the table of this version, 21 cells',
};
