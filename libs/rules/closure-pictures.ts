/** Which pictures of an issue the close-out form shows before (整改前), after (整改后), and of requests that came back. */

/** What was given when the matter was said to be put right, in the order sent; `return` sent it back to the unit. */
export type ClosingStep = { action: string; attachments: readonly string[] };

const CLAIMS = ['resolve_on_site', 'request_close', 'verify', 'close_own'];

/**
 * `pictures` in the order in which they came, `steps` oldest first. What was given since the last return is after, in the order
 * sent; what was given for a request that came back shows neither the fault nor its end (以前申请的材料); all else is before.
 * Put right on the spot without a picture of before, the first of those given then is the one before: 立行立改须有整改前、后的照片.
 */
export function closurePictures(
  pictures: readonly string[],
  steps: readonly ClosingStep[],
): { before: string[]; after: string[]; earlier: string[] } {
  const claims = steps.filter(({ action }) => CLAIMS.includes(action));
  const since = steps.slice(steps.findLastIndex(({ action }) => action === 'return') + 1);
  const standing = claims.filter((claim) => since.includes(claim));
  const ofClaims = among(claims);
  const found = pictures.filter((picture) => !ofClaims.includes(picture));
  const onSite = claims.find(({ action }) => action === 'resolve_on_site');
  const given = onSite ? among([onSite]) : [];
  const before = found.length === 0 && given.length > 1 ? given.slice(0, 1) : found;
  const after = among(standing).filter((picture) => !before.includes(picture));
  return {
    before,
    after,
    earlier: ofClaims.filter((picture) => !before.includes(picture) && !after.includes(picture)),
  };

  /** The pictures of these steps, each once, in the order sent. */
  function among(some: readonly ClosingStep[]): string[] {
    const sent = new Set(some.flatMap(({ attachments }) => attachments));
    return [...sent].filter((hash) => pictures.includes(hash));
  }
}
