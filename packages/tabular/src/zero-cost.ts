import type { TableColumn } from './table-definition.ts';

/** Proxies of NAS-Bench-Suite-Zero (Krishnakumar et al., NeurIPS 2022), by their field names. */
const PROXIES: Readonly<Record<string, string>> = {
  epe_nas: 'EPE-NAS, separability of per-class Jacobians',
  fisher: 'Fisher information of activations',
  grad_norm: 'sum of the gradient norms',
  grasp: 'GraSP, gradient signal preservation',
  jacov: 'covariance of Jacobians',
  l2_norm: 'sum of the weight norms',
  nwot: 'NASWOT, log determinant of the activation kernel',
  plain: 'sum of weights times gradients',
  snip: 'SNIP, connection sensitivity',
  synflow: 'SynFlow on an all-ones input',
  zen: 'Zen score',
};

/** Costs that the same files count as proxies. */
const COUNTS: Readonly<Record<string, readonly [unit: string, description: string]>> = {
  flops: ['million multiply-adds', 'multiply-adds of one image'],
  params: ['million', 'trainable parameters'],
};

/**
 * The 13 proxies of a NAS-Bench-Suite-Zero file and the seconds that computing each took, as
 * columns `zc_<proxy>_<dataset>` and `zc_t_<proxy>_<dataset>`. Scores are of untrained networks
 * on training images, higher is better; they are not bounded.
 *
 * @param dataset what the file's `dataset` field has, and what the names end in
 * @param title the data set in words
 */
export function zeroCostColumns(dataset: string, title: string): TableColumn[] {
  const at = (field: string) => ({ field, where: dataset });
  const scores = Object.entries(PROXIES).map(
    ([proxy, description]): TableColumn => ({
      ...at(proxy),
      name: `zc_${proxy}_${dataset}`,
      split: 'train',
      unit: '1',
      direction: 'maximise',
      description: `${description}; ${title}, untrained`,
    }),
  );
  const counts = Object.entries(COUNTS).map(
    ([count, [unit, description]]): TableColumn => ({
      ...at(count),
      name: `zc_${count}_${dataset}`,
      split: 'cost',
      unit,
      direction: 'minimise',
      description: `${description}; ${title}`,
    }),
  );
  const seconds = [...Object.keys(PROXIES), ...Object.keys(COUNTS)].map(
    (proxy): TableColumn => ({
      ...at(`t_${proxy}`),
      name: `zc_t_${proxy}_${dataset}`,
      split: 'cost',
      unit: 's',
      direction: 'minimise',
      description: `time that computing ${proxy} took; ${title}`,
    }),
  );
  return [...scores, ...counts, ...seconds];
}
