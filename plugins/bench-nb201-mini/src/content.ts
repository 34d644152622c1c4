/** What `table/nb201-mini.csv` is. Written by `tools/tables/nb201-mini.mjs publish`. */
export const CONTENT = {
  sha256: '0a799aa0307b916577289eb295c892e17dac8addea23806fa1dc1646d59ab16c',
  name: 'the table of this version, 8 cells',
};
