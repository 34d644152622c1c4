// How the C++ sources are compiled: shared by the installation and the sanitizers.
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const SOURCES = join(HERE, 'src', 'cpp');

/** Instruction sets by processor: the table of kernels, its name, and the compiler's options. */
export const PATHS = {
  x64: [
    ['kBaseline', 'sse2', []],
    ['kAvx2', 'avx2', ['-mavx2', '-mfma']],
    [
      'kAvx512',
      'avx512',
      ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx2', '-mfma'],
    ],
    [
      'kAvx512Bf16',
      'avx512_bf16',
      [
        ...[
          '-mavx512f',
          '-mavx512bw',
          '-mavx512dq',
          '-mavx512vl',
          '-mavx512bf16',
          '-mavx2',
          '-mfma',
        ],
        '-DARCHER_BF16',
      ],
    ],
  ],
  arm64: [['kBaseline', 'neon', []]],
  other: [['kBaseline', 'generic', []]],
};

/**
 * Those that a compiler has the options for: AVX-512 BF16 came with g++ 10 and clang 9. `defines` are
 * for `dispatch.cc`, which names the tables.
 */
export function pathsFor({ command }) {
  const paths = (PATHS[process.arch] ?? PATHS.other).filter(([, , options]) => {
    const { status } = spawnSync(command, [...options, '-fsyntax-only', '-x', 'c++', '/dev/null']);
    return status === 0;
  });
  const bf16 = paths.some(([table]) => table === 'kAvx512Bf16');
  return { paths, defines: bf16 ? ['-DARCHER_HAS_BF16'] : [] };
}

// Contraction off: results then depend on the instruction set only, not on the compiler.
export const FLAGS = [
  '-std=c++17',
  '-O3',
  '-fPIC',
  '-fvisibility=hidden',
  '-ffp-contract=off',
  '-fno-math-errno',
  // Nobody looks at floating-point exceptions; without this g++ makes no vectors of selections.
  '-fno-trapping-math',
  '-pthread',
  '-w',
];

/** The first compiler that answers: `$CXX`, g++, clang++, c++; or undefined. */
export function findCompiler() {
  for (const command of [process.env.CXX, 'g++', 'clang++', 'c++'].filter(Boolean)) {
    try {
      const version = execFileSync(command, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
      return { command, version: String(version).split('\n')[0] };
    } catch {
      // Not there; the next one may be.
    }
  }
  return undefined;
}
