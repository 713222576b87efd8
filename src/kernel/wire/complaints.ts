/** Sentences on standard error about messages that were refused: a flood of them must not become one of its own. */

/** Takes a sentence. */
export type Complain = (sentence: string) => void;

/**
 * Lets the first `limit` sentences of every `window` milliseconds through, and says how many it kept back.
 *
 * @param write where sentences go
 * @param options.limit @default 20
 * @param options.window @default 10,000
 * @param options.now milliseconds that only grow
 */
export function limitedComplaints(
  write: Complain,
  options: { limit?: number; window?: number; now?: () => number } = {},
): Complain {
  const { limit = 20, window = 10_000, now = () => performance.now() } = options;
  let since = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (sentence) => {
    if (now() - since >= window) {
      if (count > limit) write(`${count - limit} more complaints of this kind were not written.`);
      since = now();
      count = 0;
    }
    count++;
    if (count <= limit) write(sentence);
  };
}
