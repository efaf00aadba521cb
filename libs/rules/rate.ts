/** A share that never loses what it was made of. */
export interface Rate {
  numerator: number;
  denominator: number;
}

/** Below this many, a percentage says more about chance than about schools. */
export const MIN_SAMPLE = 10;

/** The percentage with one decimal, as a number; null where the sample is under `minSample` or empty. */
export function percentage({ numerator, denominator }: Rate, minSample = MIN_SAMPLE): number | null {
  if (denominator <= 0 || denominator < minSample) return null;
  return Math.round((numerator * 1000) / denominator) / 10;
}

/** `34/40（85.0%）`; `7/8` under `minSample`; `—` where there was nothing to count. */
export function rate(share: Rate, minSample = MIN_SAMPLE): string {
  if (share.denominator <= 0) return '—';
  const percent = percentage(share, minSample);
  const parts = `${share.numerator}/${share.denominator}`;
  return percent === null ? parts : `${parts}（${percent.toFixed(1)}%）`;
}
