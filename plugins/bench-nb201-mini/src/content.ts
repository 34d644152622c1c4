/** What `table/nb201-mini.csv` is. Written by `tools/tables/nb201-mini.mjs publish`. */
export const CONTENT = {
  sha256: '6568619889710d6fbf76f8945fbaa5c9b315b094c1a86faec146d29fe9d394cd',
  name: 'the table of this version, 143 cells',
};
