/** One line of the report. `ok` null: not run here, and `figure` says why. */
export type Figure = { id: string; what: string; figure: string; ok: boolean | null };

/** What was given beside the checks' names as `name=…`. */
export const text = (name: string): string | undefined =>
  process.argv.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

/** A size given so, as `seconds=30`. */
export function argument(name: string, otherwise: number): number {
  const given = text(name);
  if (given === undefined) return otherwise;
  if (!/^\d+$/.test(given)) throw new Error(`${name} must be a number, not ${given}`);
  return Number(given);
}
