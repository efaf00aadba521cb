/** Axes from zero whose ticks a reader can count by: 1, 2 or 5 times a power of ten. */

export interface Scale {
  /** The last tick: nothing lies beyond it. */
  top: number;
  ticks: number[];
  /** The place of a value along `length` points. */
  at: (value: number, length: number) => number;
}

/** A scale up to `most` of at most `count` steps; whole numbers where `whole`. All-zero data have the scale 0 to 1. */
export function scaleTo(most: number, count: number, whole = true): Scale {
  const target = Math.max(most, whole ? 1 : 0) || 1;
  const step = niceStep(target / Math.max(1, count), whole);
  const steps = Math.max(1, Math.ceil(target / step - 1e-9));
  // Not summed up step by step: thirty additions of 0.1 are not 3.
  const ticks = Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  const top = ticks.at(-1) as number;
  return { top, ticks, at: (value, length) => (Math.min(Math.max(value, 0), top) / top) * length };
}

function niceStep(least: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least * (1 - 1e-9)) as number;
  return whole ? Math.max(1, step) : step;
}

/** The finest scale whose tick labels, `width` points wide at most, keep a space between them along `length`. */
export function scaleFor(most: number, length: number, width: (tick: number) => number, whole = true): Scale {
  for (let count = 6; count > 1; count--) {
    const scale = scaleTo(most, count, whole);
    const apart = length / (scale.ticks.length - 1);
    if (Math.max(...scale.ticks.map(width)) + 6 <= apart) return scale;
  }
  return scaleTo(most, 1, whole);
}

/** At most two decimals, no group marks: as the figures of the text are written. */
export const numberText = (value: number): string => String(Math.round(value * 100) / 100);
