/** The units whose compliance facts were changed, by whoever in this process wants to hear of it at once. */
type Listener = (districtId: string, unitId: string) => void;

const listeners = new Set<Listener>();

/** Hears of every committed change in this process; other processes hear by NOTIFY `unit_facts`. Answers how to stop. */
export function onFactsChanged(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Says it to the listeners; called after the commit. */
export function factsChanged(districtId: string, unitId: string): void {
  for (const listener of listeners) listener(districtId, unitId);
}
