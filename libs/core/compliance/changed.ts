/** The units whose compliance facts were changed, by whoever in this process wants to hear of it at once. */
type Listener = (districtId: string, unitId: string) => void;

const listeners = new Set<Listener>();

/**
 * Hears of every committed change in this process; the API's announcer tells the others. Not NOTIFY inside the
 * transaction: PostgreSQL lets only one notifying commit at a time through, and submissions would queue for the disk.
 * Answers how to stop.
 */
export function onFactsChanged(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Says it to the listeners; called after the commit. */
export function factsChanged(districtId: string, unitId: string): void {
  for (const listener of listeners) listener(districtId, unitId);
}
