/** What `table/nb201-mini.csv` is. Written by `tools/tables/nb201-mini.mjs publish`. */
export const CONTENT = {
  sha256: 'd488e8b520feb4771ff15928764046e6304be6d533ec3058f43dcc640a539871',
  name: 'the table of this version, 102 cells',
};
