/** One line of the report. `ok` null: not run here, and `figure` says why. */
export type Figure = { id: string; what: string; figure: string; ok: boolean | null };

/** A size given beside the checks' names, as `seconds=30`. */
export function argument(name: string, otherwise: number): number {
  const given = process.argv.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  if (given === undefined) return otherwise;
  if (!/^\d+$/.test(given)) throw new Error(`${name} must be a number, not ${given}`);
  return Number(given);
}
