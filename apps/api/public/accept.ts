/** Whether a client would rather have a page than JSON (RFC 9110, 12.5.1). Who names neither gets JSON. */
export function prefersHtml(accept: string | undefined): boolean {
  const quality = (types: readonly string[]): number =>
    Math.max(
      0,
      ...(accept ?? '').split(',').map((part) => {
        const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
        if (!types.includes(type)) return 0;
        const q = parameters.find((text) => text.startsWith('q='));
        const value = q === undefined ? 1 : Number(q.slice(2));
        return Number.isFinite(value) ? value : 0;
      }),
    );
  return (
    quality(['text/html', 'application/xhtml+xml']) >
    quality(['application/json', 'application/problem+json'])
  );
}
