/** What `table/nb201-mini.csv` is. Written by `tools/tables/nb201-mini.mjs publish`. */
export const CONTENT = {
  sha256: '5b4380efbd0a77e34f08cc429638e74bd171fcab17580bb549ca20e50f8f7ae2',
  name: 'the table of this version, 250 cells',
};
