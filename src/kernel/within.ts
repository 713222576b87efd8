/** Waits for something, but no longer than a limit: undefined once that is over. What is waited for goes on. */
export function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
