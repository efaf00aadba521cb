export type Synced = { heard: boolean; busy: boolean; ms: number };

/**
 * One try of a tablet. Not heard: dropped on the way, or told 503 (and waited as long as `Retry-After` says); the tablet tries
 * again. @throws on any other answer
 */
export async function sync(
  base: string,
  token: string,
  inspection: string,
  body: { operations: object[]; sentAt?: string },
  drop?: AbortSignal,
): Promise<Synced> {
  const began = performance.now();
  const answer = await fetch(`${base}/inspections/${inspection}/answers`, {
    method: 'POST',
    ...(drop ? { signal: drop } : {}),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).then(
    async (response) => ({ response, text: await response.text() }),
    () => undefined,
  );
  const ms = performance.now() - began;
  if (!answer) return { heard: false, busy: false, ms: 0 };
  const { response, text } = answer;
  if (response.status === 200) return { heard: true, busy: false, ms };
  if (response.status !== 503) throw new Error(`${response.status} ${text}`);
  await new Promise((resolve) => setTimeout(resolve, Number(response.headers.get('retry-after')) * 1000));
  return { heard: false, busy: true, ms };
}
